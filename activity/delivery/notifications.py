"""Destinations that fail: on the home page at once, and by e-mail after a day."""

import logging
from datetime import timedelta
from smtplib import SMTPException

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext, gettext_noop

from activity.access import administered_organizations
from activity.delivery.models import Destination
from organizations.models import Member, MemberStatus, User
from organizations.plans import Feature, plans_with

MAIL_AFTER = timedelta(hours=24)
MOST_ON_HOME = 12

logger = logging.getLogger(__name__)


def failing_destinations(user: User | AnonymousUser) -> list[Destination]:
    """Those of the organizations that `user` administers, the longest failing first."""
    organizations = administered_organizations(user).filter(plan__in=plans_with(Feature.EXPORT_LOG))
    failing = Destination.objects.filter(
        organization__in=organizations, is_paused=False, failing_since__isnull=False
    )
    return list(failing.select_related("organization").order_by("failing_since")[:MOST_ON_HOME])


def announce(destination: Destination) -> None:
    """Mail the administrators once when it has failed for a day, and once when it works again.

    Whoever holds the lease calls this after each attempt. When no mail can be sent, that is
    logged, and the next attempt tries again.
    """
    current = Destination.objects.select_related("organization").filter(pk=destination.pk).first()
    if current is None:
        return
    now, since = timezone.now(), current.failing_since
    if since is not None and current.announced_at is None and since <= now - MAIL_AFTER:
        subject = gettext_noop("%(organization)s: the destination “%(name)s” has failed for a day")
        if _mail(current, subject, "delivery/mail/failing.txt"):
            Destination.objects.filter(pk=current.pk).update(announced_at=now)
    elif since is None and current.announced_at is not None:
        subject = gettext_noop("%(organization)s: the destination “%(name)s” works again")
        if _mail(current, subject, "delivery/mail/working.txt"):
            Destination.objects.filter(pk=current.pk).update(announced_at=None)


def _mail(destination: Destination, subject: str, template: str) -> bool:
    """One message for each language of its administrators. Whether there is nothing left to do.

    A failure in the middle sends the first messages again at the next attempt.
    """
    names = {"organization": destination.organization.name, "name": destination.name}
    for language, addresses in _administrators(destination).items():
        with translation.override(language):
            message = EmailMessage(
                # A line break would end the header.
                subject=" ".join((gettext(subject) % names).split()),
                body=render_to_string(template, {"destination": destination}),
                to=addresses,
            )
        try:
            message.send()
        except (OSError, SMTPException):
            logger.exception("No mail about destination %s.", destination.pk)
            return False
    return True


def _administrators(destination: Destination) -> dict[str, list[str]]:
    """Addresses by language; who has chosen none gets the site's."""
    members = Member.objects.administrators().filter(
        organization=destination.organization, status=MemberStatus.ACTIVE, user__is_active=True
    )
    addresses: dict[str, list[str]] = {}
    for email, language in sorted(members.values_list("user__email", "user__language")):
        addresses.setdefault(language or settings.LANGUAGE_CODE, []).append(email)
    return addresses
