"""Reads settings from the environment, and reports all that are wrong at once.

Messages name the setting and never its value, which may be a secret.
"""

import math
import re
import warnings
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

import environ
from django.core.exceptions import ImproperlyConfigured

# The types under other names: methods of `Environment` have theirs.
Text: TypeAlias = str
Flag: TypeAlias = bool
Whole: TypeAlias = int
Real: TypeAlias = float
Texts: TypeAlias = list[str]

D = TypeVar("D")
Check = Callable[[Any], str]
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
TRUE, FALSE = {"true", "yes", "on", "1"}, {"false", "no", "off", "0"}
ENGINES = {"django.db.backends.sqlite3", "django.db.backends.postgresql"}
NO_DATABASE: dict[str, Any] = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}


class Environment:
    """Each method reads one setting, and returns the default in place of a wrong value.

    Call `finish` after the last setting: it raises `ImproperlyConfigured` with one line for each
    wrong setting.
    """

    def __init__(self) -> None:
        self._environ = environ.Env()
        self._problems: dict[Text, Text] = {}

    def read_file(self, path: Path) -> None:
        """Read variables that the process does not have from `path`, if it exists."""
        try:
            with path.open(encoding="utf-8") as file:
                self._environ.read_env(file)
        except FileNotFoundError:
            pass
        except OSError as error:
            self._problems[path.name] = f"{path} cannot be read: {error.strerror}."
        except UnicodeDecodeError:
            self._problems[path.name] = f"{path} cannot be read: it is not UTF-8."

    def str(
        self,
        name: Text,
        *,
        default: Text | None = None,
        choices: Collection[Text] = (),
        check: Check = lambda value: "",
    ) -> Text:
        """A text. Without a default, it must be set and not be empty."""
        value = self._value(name)
        if default is None and not value:
            return self._refuse(name, "must be set. See .env.example", "-")
        if value is None:
            return default or ""
        if choices and value not in choices:
            return self._refuse(name, f"must be one of {', '.join(choices)}", default or "")
        return self._checked(name, value, check, default)

    def bool(self, name: Text, *, default: Flag) -> Flag:
        value = (self._value(name) or "").strip()
        if not value:
            return default
        if value.lower() in TRUE | FALSE:
            return value.lower() in TRUE
        return self._refuse(name, "must be true or false", default)

    def int(
        self, name: Text, *, default: Whole, minimum: Whole = 0, maximum: Whole = 2**31 - 1
    ) -> Whole:
        return Whole(self._number(name, Whole, default, minimum, maximum))

    def float(self, name: Text, *, default: Real, minimum: Real = 0, maximum: Real = 10**9) -> Real:
        return self._number(name, Real, default, minimum, maximum)

    def list(self, name: Text, *, default: Texts, check: Check = lambda value: "") -> Texts:
        """Texts with commas between them."""
        value = self._value(name)
        if value is None:
            return default
        found = [part.strip() for part in value.split(",") if part.strip()]
        for part in found:
            self._checked(name, part, check, None)
        return found

    def db_url(self, name: Text, *, default: Text = "") -> dict[Text, Any]:
        """The entry of `DATABASES`: SQLite or PostgreSQL."""
        text = self._value(name) or default
        config: dict[Text, Any]
        try:
            with warnings.catch_warnings(action="ignore"):
                config = environ.Env.db_url_config(text)
        except ValueError:
            config = {}
        if config.get("ENGINE") not in ENGINES:
            wanted = "must begin with sqlite:///, postgres:// or postgresql://"
            return self._refuse(name, f"{wanted}. See docs/operating.md", NO_DATABASE)
        if not config["NAME"]:
            return self._refuse(name, "does not name a database", NO_DATABASE)
        file = Path(config["NAME"])
        if "sqlite" in config["ENGINE"] and config["NAME"] != ":memory:":
            if file.is_dir():
                return self._refuse(name, "names a folder, not a file", NO_DATABASE)
            if not file.absolute().parent.is_dir():
                return self._refuse(name, "names a file in a missing folder", NO_DATABASE)
        return config

    def email_url(self, name: Text, *, default: Text) -> dict[Text, Any]:
        """The `EMAIL_...` settings of Django."""
        config: dict[Text, Any] = environ.Env.email_url_config(default)
        try:
            config = environ.Env.email_url_config(self._value(name) or default)
        except (ImproperlyConfigured, KeyError, ValueError):
            self._refuse(
                name, "must be such as smtp+tls://USER:PASSWORD@mail.example.com:587", None
            )
        return config

    def finish(self) -> None:
        if self._problems:
            raise ImproperlyConfigured("\n".join(self._problems.values()))

    def _value(self, name: Text) -> Text | None:
        value = self._environ.ENVIRON.get(name)
        if value is None:
            return None
        if "\0" in value or "\n" in value:
            self._refuse(name, "must be one line", None)
            return None
        return Text(value)

    def _number(self, name: Text, kind: type, default: Real, minimum: Real, maximum: Real) -> Real:
        value = (self._value(name) or "").strip()
        if not value:
            return default
        if NUMBER.fullmatch(value) and len(value) < 30 and (kind is Real or "." not in value):
            number = kind(value)
            if math.isfinite(number) and minimum <= number <= maximum:
                return Real(number)
        what = "a whole number" if kind is Whole else "a number"
        return self._refuse(name, f"must be {what} from {minimum:,} to {maximum:,}", default)

    def _checked(self, name: Text, value: Text, check: Check, default: Text | None) -> Text:
        problem = check(value)
        return self._refuse(name, problem, default or "") if problem else value

    def _refuse(self, name: Text, problem: Text, default: D) -> D:
        """Note the first problem of each setting."""
        self._problems.setdefault(name, f"{name} {problem}.")
        return default


def host_pattern(value: str) -> str:
    """A problem with an entry of ALLOWED_HOSTS, or an empty text."""
    if re.fullmatch(r"\*|\.?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*|\[[0-9A-Fa-f:.]+\]", value):
        return ""
    return "must list names such as passaudit.example.com, without scheme and port"


def origin(value: str) -> str:
    if re.fullmatch(r"https?://[^/\s]+", value):
        return ""
    return "must list origins such as https://passaudit.example.com"


def time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        return "must be a time zone such as Europe/Zurich"
    return ""


def sender(value: str) -> str:
    """An address, or a name and an address in angle brackets. The domain may be `localhost`."""
    address = re.sub(r"^[^<>]*<(.*)>$", r"\1", value)
    return "" if re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", address) else "must be an e-mail address"
