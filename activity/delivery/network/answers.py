"""What the status of an answer means for the batch that was sent.

Reasons never quote the answer: it may say what nobody here should read.
"""

from collections.abc import Mapping
from http import HTTPStatus

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activity.delivery.kinds.base import Refused, Unavailable
from activity.delivery.network.http import Answer

ABOUT_CONTENT = {
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
}
PHRASES: dict[int, str] = {status.value: status.phrase for status in HTTPStatus}
ADVICE: Mapping[int, object] = {
    HTTPStatus.UNAUTHORIZED: gettext_lazy("it does not accept our credentials"),
    HTTPStatus.FORBIDDEN: gettext_lazy("it does not accept our credentials"),
    HTTPStatus.NOT_FOUND: gettext_lazy("there is nothing at this address"),
    HTTPStatus.GONE: gettext_lazy("it wants no more; pause or delete this destination"),
}


def check(answer: Answer) -> None:
    """Raises `Refused` or `Unavailable` unless the receiver has accepted the batch."""
    if answer.is_success:
        return
    facts = {"status": answer.status, "advice": _advice(answer.status)}
    reason = _("The receiver answers with status %(status)d: %(advice)s.") % facts
    if answer.status in ABOUT_CONTENT:
        raise Refused(reason)
    raise Unavailable(reason, retry_after=answer.retry_after)


def _advice(status: int) -> str:
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return _("it sends us elsewhere, and we do not follow; enter that other address")
    return str(ADVICE.get(status) or PHRASES.get(status) or _("nobody knows what that means"))
