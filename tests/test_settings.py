import re
import runpy
import shutil
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent
VARIABLES = re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "passaudit/settings.py").read_text())


@pytest.fixture
def settings_from(tmp_path, monkeypatch):
    """Run the settings module in an empty folder, with only these variables."""
    (tmp_path / "passaudit").mkdir()
    module = shutil.copy(ROOT / "passaudit" / "settings.py", tmp_path / "passaudit")
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)

    def run(dot_env="", **environment):
        (tmp_path / ".env").write_bytes(dot_env if isinstance(dot_env, bytes) else dot_env.encode())
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(module)

    return run


def test_it_wants_a_secret_key(settings_from):
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY"):
        settings_from()


def test_it_is_secure_unless_told_otherwise(settings_from):
    settings = settings_from(SECRET_KEY="k")
    assert not settings["DEBUG"]
    assert settings["SECURE_SSL_REDIRECT"]
    assert settings["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert settings["CSRF_COOKIE_SECURE"]
    assert settings["SECURE_HSTS_SECONDS"] == 31536000
    assert "SECURE_PROXY_SSL_HEADER" not in settings
    assert settings["TRUSTED_PROXIES"] == 0


def test_it_can_do_without_tls_for_a_demo(settings_from):
    settings = settings_from(SECRET_KEY="k", HTTPS="false")
    assert not settings["SESSION_COOKIE_SECURE"]
    assert not settings["SECURE_SSL_REDIRECT"]
    assert settings["SESSION_COOKIE_NAME"] == "passaudit-session"
    assert settings["SECURE_HSTS_SECONDS"] == 0


def test_it_keeps_sqlite_in_the_project_folder(settings_from, tmp_path):
    database = settings_from(SECRET_KEY="k")["DATABASES"]["default"]
    assert database["NAME"] == str(tmp_path / "db.sqlite3")
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


@pytest.mark.parametrize(
    ("url", "user", "password", "host", "name"),
    [
        ("postgres://u:p%2Fq@db.example:5433/log", "u", "p/q", "db.example", "log"),
        ("postgresql://u@127.0.0.1/log", "u", "", "127.0.0.1", "log"),
    ],
)
def test_it_takes_postgresql_by_its_address(settings_from, url, user, password, host, name):
    database = settings_from(SECRET_KEY="k", DATABASE_URL=url)["DATABASES"]["default"]
    assert database["ENGINE"] == "django.db.backends.postgresql"
    found = [database[key] for key in ["USER", "PASSWORD", "HOST", "NAME"]]
    assert found == [user, password, host, name]
    assert database["CONN_MAX_AGE"] == 60


def test_it_takes_a_replica_by_its_address(settings_from):
    main, other = "postgres://u@127.0.0.1/log", "postgres://reader:p@replica.example/log"
    assert "replica" not in settings_from(SECRET_KEY="k", DATABASE_URL=main)["DATABASES"]
    settings = settings_from(SECRET_KEY="k", DATABASE_URL=main, REPLICA_URL=other)
    replica = settings["DATABASES"]["replica"]
    assert (replica["HOST"], replica["USER"]) == ("replica.example", "reader")
    assert replica["CONN_MAX_AGE"] == 60
    assert replica["OPTIONS"] == {"connect_timeout": 3}


def test_it_takes_postgresql_through_a_socket(settings_from):
    url = "postgres://u@/log?host=/var/run/postgresql"
    database = settings_from(SECRET_KEY="k", DATABASE_URL=url)["DATABASES"]["default"]
    assert database["OPTIONS"]["host"] == "/var/run/postgresql"


def test_it_reads_the_file_but_the_environment_wins(settings_from):
    settings = settings_from("SECRET_KEY=file\nLOG_LEVEL=ERROR", SECRET_KEY="environment")
    assert settings["SECRET_KEY"] == "environment"
    assert settings["LOGGING"]["root"]["level"] == "ERROR"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("SECRET_KEY", "", "must be set"),
        ("SECRET_KEY", "two\nlines", "must be one line"),
        ("DEBUG", "flase", "must be true or false"),
        ("HTTPS", "2", "must be true or false"),
        ("ALLOWED_HOSTS", "a.example,https://b.example", "without scheme and port"),
        ("CSRF_TRUSTED_ORIGINS", "a.example", "must list origins"),
        ("DATABASE_URL", "acme", "must begin with sqlite:///"),
        ("DATABASE_URL", "postgres://u:hidden@h:port/log", "must begin with sqlite:///"),
        ("DATABASE_URL", "postgres://u:hidden@h/", "does not name a database"),
        ("DATABASE_URL", "sqlite:////missing/log.sqlite3", "a file in a missing folder"),
        ("DATABASE_URL", "sqlite:////tmp", "names a folder"),
        ("SESSION_COOKIE_AGE", "-1", "a whole number from 60 to"),
        ("SESSION_COOKIE_AGE", "1.5", "a whole number"),
        ("SESSION_COOKIE_AGE", "9" * 40, "a whole number"),
        ("TRUSTED_PROXIES", "-1", "a whole number from 0 to 10"),
        ("TIME_ZONE", "Mars/Olympus", "must be a time zone"),
        ("TIME_ZONE", "../etc/passwd", "must be a time zone"),
        ("LANGUAGE_CODE", "xx", "one of en, de, fr"),
        ("UPLOAD_MAX_MIB", "0", "a whole number from 1 to"),
        ("FACETS_SECONDS", "nan", "a number from 0.001 to 60"),
        ("PAGE_SECONDS", "1e9", "a number from 0.01 to 300"),
        ("API_RATE_PER_MINUTE", "0", "a whole number from 1 to 60,000,000"),
        ("DELIVERY_TIMEOUT", "301", "a number from 0.1 to 300"),
        ("DELIVERY_ENTERPRISE_NUMBER", "0", "a whole number from 1 to"),
        ("EMAIL_URL", "smpt://mail.example", "must be such as smtp"),
        ("DEFAULT_FROM_EMAIL", "passaudit", "must be an e-mail address"),
        ("LOG_LEVEL", "LOUD", "one of DEBUG, INFO, WARNING, ERROR"),
    ],
)
def test_it_refuses_what_cannot_be_meant(settings_from, name, value, told):
    with pytest.raises(ImproperlyConfigured, match=rf"^{name} .*{told}.*\.$") as refusal:
        settings_from(**{"SECRET_KEY": "k", name: value})
    assert "hidden" not in str(refusal.value)


def test_it_tells_all_that_is_wrong_at_once(settings_from):
    with pytest.raises(ImproperlyConfigured) as refusal:
        settings_from(SECRET_KEY="", HTTPS="maybe", LOG_LEVEL="LOUD")
    lines = str(refusal.value).splitlines()
    assert [line.split()[0] for line in lines] == ["SECRET_KEY", "HTTPS", "LOG_LEVEL"]


def test_it_takes_values_as_they_are(settings_from):
    settings = settings_from(SECRET_KEY="$not-a-name ", HTTPS="No", ALLOWED_HOSTS=".a.example, *")
    assert settings["SECRET_KEY"] == "$not-a-name "
    assert not settings["HTTPS"]
    assert settings["ALLOWED_HOSTS"] == [".a.example", "*"]


def test_it_says_that_the_file_cannot_be_read(settings_from):
    with pytest.raises(ImproperlyConfigured, match=r"\.env cannot be read: it is not UTF-8\."):
        settings_from(b"LANGUAGE_CODE=\xff", SECRET_KEY="k")
