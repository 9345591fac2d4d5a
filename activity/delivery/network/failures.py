"""What goes wrong on the network, in words for whoever administers a destination."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from activity.delivery.kinds.base import Unavailable
from activity.delivery.network.addresses import ForbiddenAddress


@contextmanager
def explained(host: str) -> Iterator[None]:
    """Raises `Unavailable` for whatever happens on the way to `host`."""
    try:
        yield
    except (ForbiddenAddress, ValidationError, OSError, HTTPException) as error:
        raise Unavailable(reason(error, host)) from error


def reason(error: Exception, host: str) -> str:
    facts = {"host": host, "error": str(getattr(error, "strerror", None) or error)}
    match error:
        case ForbiddenAddress():
            return str(error)
        case ValidationError():
            return " ".join(error.messages)
        case TimeoutError():
            return _("%(host)s takes too long to answer.") % facts
        case socket.gaierror():
            return _("There is no %(host)s: the name is not known.") % facts
        case ssl.SSLCertVerificationError():
            facts["error"] = error.verify_message.rstrip(".")
            return _("The certificate of %(host)s is not trusted: %(error)s.") % facts
        case ssl.SSLError():
            return _("%(host)s does not speak TLS as it should: %(error)s.") % facts
        case HTTPException():
            return _("%(host)s does not answer in HTTP.") % facts
    return _("%(host)s cannot be reached: %(error)s.") % facts
