"""The WSGI application. Serve it with threads: exports stream, and ASGI would buffer them."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "passaudit.settings")

application = get_wsgi_application()
