"""The WSGI application. Serve it with threads: exports stream, which ASGI would buffer."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "passaudit.settings")

application = get_wsgi_application()

from passaudit.plugins.loading import require_plugins  # noqa: E402 - needs the models

require_plugins()
