"""What a worker does once, when it begins."""

import logging

from activity.delivery.models import Destination
from activity.delivery.secrets import SecretLost, reseal

logger = logging.getLogger(__name__)


def reseal_secrets() -> None:
    """After a change of `SECRET_KEY`, seal the secrets of destinations with the new one.

    So the former key can go from `SECRET_KEY_FALLBACKS`. What nobody can open any more is left:
    the destination asks for a new secret.
    """
    for destination in Destination.objects.exclude(sealed_secret=""):
        sealed = destination.sealed_secret
        try:
            resealed = reseal(sealed)
        except SecretLost:
            logger.warning("The secret of destination %s is lost.", destination.pk)
            continue
        if resealed != sealed:
            unchanged = Destination.objects.filter(pk=destination.pk, sealed_secret=sealed)
            unchanged.update(sealed_secret=resealed)
