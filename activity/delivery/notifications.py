"""Notifications of failing destinations: at once on the home page, after a day by e-mail."""

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
MAX_ON_HOME = 12

logger = logging.getLogger(__name__)


def failing_destinations(user: User | AnonymousUser) -> list[Destination]:
    """Failing destinations of the organizations that `user` administers, oldest failure first."""
    organizations = administered_organizations(user).filter(plan__in=plans_with(Feature.EXPORT_LOG))
    failing = Destination.objects.filter(
        organization__in=organizations, is_paused=False, failing_since__isnull=False
    )
    return list(failing.select_related("organization").order_by("failing_since")[:MAX_ON_HOME])


def notify(destination: Destination) -> None:
    """Mail the administrators once when a destination has failed for a day, and once it recovers.

    The engine calls this after each turn, under the lease. If the mail cannot be sent, the error
    is logged and the next turn tries again.
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
    """Send one message for each language of the administrators. Returns whether all were sent.

    After a failure, the next attempt sends all messages again.
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
            logger.exception("The mail about destination %s was not sent.", destination.pk)
            return False
    return True


def _administrators(destination: Destination) -> dict[str, list[str]]:
    """Addresses by language. An administrator without a choice gets the site's language."""
    members = Member.objects.administrators().filter(
        organization=destination.organization, status=MemberStatus.ACTIVE, user__is_active=True
    )
    addresses: dict[str, list[str]] = {}
    for email, language in sorted(members.values_list("user__email", "user__language")):
        addresses.setdefault(language or settings.LANGUAGE_CODE, []).append(email)
    return addresses
