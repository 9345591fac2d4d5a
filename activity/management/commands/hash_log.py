"""Add the events that were stored by an older version to the tree of their log."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from tqdm import tqdm

from activity.evidence.hashing import EventMissing, hash_next
from activity.evidence.tiling import Mismatch, advance
from activity.models import LogHead
from organizations.models import Organization


class Command(BaseCommand):
    help = (
        "Add the events that an older version stored to the tree of their log, so that they can be "
        "verified. The site may work meanwhile. Can be stopped and run again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", metavar="SLUG")

    def handle(self, *args: Any, **options: Any) -> None:
        organization = organization_named(options["slug"])
        head = LogHead.objects.filter(organization=organization).first() or LogHead()
        with tqdm(
            total=head.size, initial=head.hashed, unit="event", unit_scale=True, disable=None,
            file=sys.stderr,
        ) as progress:  # fmt: skip
            try:
                while head.hashed < head.size:
                    head = hash_next(organization)
                    progress.total = head.size
                    progress.update(head.hashed - progress.n)
                while advance(organization, head) < head.hashed:
                    pass
            except EventMissing as error:
                message = _("There is no event %(seq)d. The log cannot be hashed beyond it.")
                raise CommandError(message % {"seq": error.seq}) from None
            except Mismatch as error:
                message = _("The events %(first)d to %(last)d were altered since they were hashed.")
                values = {"first": error.first, "last": error.last}
                raise CommandError(message % values) from None
            except KeyboardInterrupt:
                message = _("Stopped. Run the same command again: it goes on from here.")
                raise CommandError(message, returncode=130) from None
        self.stdout.write(_("%(number)d events are in the tree.") % {"number": head.hashed})


def organization_named(slug: str) -> Organization:
    """Raises `CommandError`."""
    try:
        return Organization.objects.get(slug=slug)
    except Organization.DoesNotExist:
        raise CommandError(_("There is no organization “%(slug)s”.") % {"slug": slug}) from None
