"""Sets the environment of the tests before Django reads its settings (a pytest plugin)."""

import os
import secrets
import tempfile
from pathlib import Path

_uploads = tempfile.TemporaryDirectory(prefix="passaudit-uploads-")  # deleted when the process ends

os.environ["SECRET_KEY"] = secrets.token_urlsafe(50)
os.environ["DEBUG"] = "false"
os.environ["HTTPS"] = "false"
os.environ["TIME_ZONE"] = "Asia/Tokyo"
os.environ["FACETS_SECONDS"] = "30"  # exact counts, however busy the machine is
os.environ["UPLOADS_DIR"] = _uploads.name
os.environ["ALLOWED_HOSTS"] = "testserver,localhost,127.0.0.1"
os.environ.setdefault(
    "DATABASE_URL", f"sqlite:///{Path(__file__).resolve().parent.parent / 'db.sqlite3'}"
)
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop running
