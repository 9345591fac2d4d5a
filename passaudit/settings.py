"""All settings, from the process environment or `.env` (see `.env.example`).

The defaults are secure: without `DEBUG=true` the site requires `SECRET_KEY` and HTTPS.
"""

from pathlib import Path

from csp.constants import NONE, SELF

from passaudit import environment
from passaudit.environment import Environment
from passaudit.plugins.finding import find_plugins

BASE_DIR = Path(__file__).resolve().parent.parent

env = Environment()
env.read_file(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"], check=environment.host_pattern
)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[], check=environment.origin)

INSTALLED_APPS = [
    "passaudit.apps.PassauditAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "django_filters",
    "import_export",
    "ninja",
    "allauth",
    "allauth.account",
    "organizations",
    "activity",
    "activity.evidence",
    "activity.api",
    "activity.delivery",
    "activity.uploads",
    "passaudit.sign_in",
]
PLUGIN_APPS, PLUGIN_PROBLEMS = find_plugins(env.list("PLUGINS", default=[]), INSTALLED_APPS)
INSTALLED_APPS += [*PLUGIN_APPS, "passaudit.plugins"]

MIDDLEWARE = [
    "passaudit.probes.ProbeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "activity.api.problems.ProblemMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "passaudit.languages.LanguageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "passaudit.urls"
WSGI_APPLICATION = "passaudit.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Databases

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{BASE_DIR}/db.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # SQLite has one writer at a time; other writers wait for it. With WAL, readers do not wait.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA cache_size=-64000;",
    }
else:
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
    DATABASES["default"].setdefault("CONN_MAX_AGE", env.int("CONN_MAX_AGE", default=60))
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    if env.str("REPLICA_URL", default=""):  # for exports: see activity/exports/replica.py
        DATABASES["replica"] = env.db_url("REPLICA_URL")
        DATABASES["replica"].setdefault("CONN_MAX_AGE", DATABASES["default"]["CONN_MAX_AGE"])
        DATABASES["replica"]["CONN_HEALTH_CHECKS"] = True
        DATABASES["replica"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 3)

# Sign-in

AUTH_USER_MODEL = "organizations.User"
AUTHENTICATION_BACKENDS = ["organizations.backends.EmailBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
ACCOUNT_ADAPTER = "passaudit.sign_in.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # the adapter lets nobody sign up
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_AUTHENTICATED_LOGIN_REDIRECTS = False
ACCOUNT_SESSION_REMEMBER = True  # for SESSION_COOKIE_AGE
ACCOUNT_RATE_LIMITS = False  # ours are in passaudit/sign_in/limits.py

# Transport and browser security. HTTPS=false is for a demo on one's own machine.

HTTPS = env.bool("HTTPS", default=not DEBUG)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_AGE = env.int("SESSION_COOKIE_AGE", default=12 * 60 * 60, minimum=60)
BROWSER_COOKIE_NAME = "__Host-passaudit-browser" if HTTPS else "passaudit-browser"
SESSION_COOKIE_NAME = "__Host-passaudit-session" if HTTPS else "passaudit-session"
CSRF_COOKIE_NAME = "__Host-passaudit-csrf" if HTTPS else "passaudit-csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "passaudit.error_pages.csrf_failure"
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=365 * 24 * 60 * 60) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0, maximum=10)
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    },
}

# Languages, times, files

LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("fr", "Français")]
LANGUAGE_CODE = env.str("LANGUAGE_CODE", default="en", choices=dict(LANGUAGES))
TIME_ZONE = env.str("TIME_ZONE", default="UTC", check=environment.time_zone)
USE_TZ = True
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "passaudit" / "locale"]
FORMAT_MODULE_PATH = "passaudit.formats"
LANGUAGE_COOKIE_NAME = "__Host-passaudit-language" if HTTPS else "passaudit-language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "passaudit" / "static"]
UPLOADS_DIR = env.str("UPLOADS_DIR", default="") or f"{BASE_DIR}/var/uploads"
UPLOAD_MAX_MIB = env.int("UPLOAD_MAX_MIB", default=512, minimum=1, maximum=1024 * 1024)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "uploads": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": UPLOADS_DIR,
            "base_url": None,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if not DEBUG
        else "django.contrib.staticfiles.storage.StaticFilesStorage",
    },
}

# The activity log

FACETS_SECONDS = env.float("FACETS_SECONDS", default=0.1, minimum=0.001, maximum=60)
API_RATE_PER_MINUTE = env.int("API_RATE_PER_MINUTE", default=600, minimum=1, maximum=60_000_000)
PAGE_SECONDS = env.float("PAGE_SECONDS", default=5.0, minimum=0.01, maximum=300)

# Delivery

DELIVERY_ALLOW_PRIVATE = env.bool("DELIVERY_ALLOW_PRIVATE", default=False)
DELIVERY_TIMEOUT = env.float("DELIVERY_TIMEOUT", default=20.0, minimum=0.1, maximum=300)
DELIVERY_FILES_DIR = env.str("DELIVERY_FILES_DIR", default="")
DELIVERY_ENTERPRISE_NUMBER = env.int(
    "DELIVERY_ENTERPRISE_NUMBER", default=32473, minimum=1, maximum=2**32 - 1
)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str(
    "DEFAULT_FROM_EMAIL", default="passaudit@localhost", check=environment.sender
)
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
EMAIL_TIMEOUT = 20

# Packages

IMPORT_EXPORT_IMPORT_PERMISSION_CODE = "change"
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "view"

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO", choices=["DEBUG", "INFO", "WARNING", "ERROR"])
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"expected": {"()": "passaudit.logs.ExpectedFailures"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["expected"],
        }
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
}

env.finish()
