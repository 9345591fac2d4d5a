"""Secrets at rest: encrypted with a key that comes from `SECRET_KEY`.

Former keys in `SECRET_KEY_FALLBACKS` still open what they sealed.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac

SALT = "activity.delivery.sealing"  # derives keys: it keeps the name this module once had


class SecretLost(Exception):  # noqa: N818 - reads as what it is
    """The secret was sealed with a key that is not known any more."""


def seal(text: str) -> str:
    """`text`, encrypted; an empty one stays empty."""
    return _box().encrypt(text.encode()).decode() if text else ""


def unseal(sealed: str) -> str:
    """What `seal` was given. Raises `SecretLost`."""
    try:
        return _box().decrypt(sealed.encode()).decode() if sealed else ""
    except InvalidToken as error:
        raise SecretLost from error


def reseal(sealed: str) -> str:
    """The same, sealed with the key of today; as it is when that was done before.

    Raises `SecretLost`.
    """
    try:
        Fernet(_derived(settings.SECRET_KEY)).decrypt(sealed.encode())
    except InvalidToken:
        return seal(unseal(sealed))
    return sealed


def _box() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    digest = salted_hmac(SALT, "", secret=key, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest)
