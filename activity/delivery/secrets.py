"""Encryption of destinations' secrets in the database, with a key derived from `SECRET_KEY`.

Keys in `SECRET_KEY_FALLBACKS` still decrypt what they encrypted.
"""

import base64
import logging

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.apps import apps
from django.conf import settings
from django.utils.crypto import salted_hmac

SALT = "activity.delivery.sealing"  # derives keys: must never change

logger = logging.getLogger(__name__)


class SecretLost(Exception):  # noqa: N818 - reads as what it is
    """The secret was encrypted with a key that is no longer configured."""


def encrypt(text: str) -> str:
    """`text`, encrypted; an empty text stays empty."""
    return _cipher().encrypt(text.encode()).decode() if text else ""


def decrypt(encrypted: str) -> str:
    """The inverse of `encrypt`. Raises `SecretLost`."""
    try:
        return _cipher().decrypt(encrypted.encode()).decode() if encrypted else ""
    except InvalidToken as error:
        raise SecretLost from error


def reencrypt(encrypted: str) -> str:
    """The same secret, encrypted with the current key; unchanged if it already is.

    Raises `SecretLost`.
    """
    try:
        Fernet(_derived(settings.SECRET_KEY)).decrypt(encrypted.encode())
    except InvalidToken:
        return encrypt(decrypt(encrypted))
    return encrypted


def reencrypt_secrets() -> None:
    """After a change of `SECRET_KEY`, encrypt all secrets with the new key.

    Then the former key can be removed from `SECRET_KEY_FALLBACKS`. A lost secret stays as it is:
    the page of its destination asks for a new one. The worker calls this once when it starts.
    """
    destinations = apps.get_model("delivery", "Destination").objects
    secrets = destinations.exclude(sealed_secret="").values_list("pk", "sealed_secret")
    for pk, encrypted in secrets:
        try:
            changed = reencrypt(encrypted)
        except SecretLost:
            logger.warning("The secret of destination %s is lost.", pk)
            continue
        if changed != encrypted:
            destinations.filter(pk=pk, sealed_secret=encrypted).update(sealed_secret=changed)


def _cipher() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    digest = salted_hmac(SALT, "", secret=key, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest)
