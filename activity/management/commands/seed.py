"""`manage.py seed`: generate organizations with members and months of activity."""

import argparse
import sys
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate, pairwise
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from tqdm import tqdm

from activity.seeding.planting import Wishes, plant
from organizations.models import Organization
from organizations.plans import Plan

PLANS = [Plan.PROFESSIONAL, Plan.BUSINESS_SUITE, Plan.ESSENTIALS]
# Summer time in both hemispheres, a half-hour offset, and a half-hour clock change.
TIME_ZONES = ["Europe/Zurich", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"]
MATTERS = ["Agate", "Basalt", "Cobalt", "Dolomite", "Emerald", "Flint", "Granite", "Hematite"]
TRADES = ["Logistics", "Foods", "Energy", "Design", "Clinics", "Software", "Press", "Rail", "Law"]


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(_("must be 1 or more"))
    return number


class Command(BaseCommand):
    help = (
        "Create organizations seed-1, seed-2, ... with members and activity. The same options on "
        "the same day create the same events. Existing organizations are not changed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organizations", type=positive, default=3, metavar="N")
        parser.add_argument(
            "--members", type=positive, default=40, metavar="N", help="of each (default: 40)"
        )
        parser.add_argument(
            "--events",
            type=positive,
            default=10_000,
            metavar="N",
            help="of all together, the first organization getting the most (default: 10000)",
        )
        parser.add_argument("--days", type=positive, default=90, metavar="N")
        parser.add_argument("--random-seed", type=int, default=1, metavar="N")
        parser.add_argument(
            "--until",
            type=date.fromisoformat,
            metavar="DATE",
            help="the UTC day before which everything happens (default: today)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        until = options["until"] or timezone.now().astimezone(UTC).date()
        if until > timezone.now().astimezone(UTC).date():
            raise CommandError(_("--until is in the future, where nothing has happened yet."))
        with tqdm(
            total=options["events"], unit="event", unit_scale=True, disable=None, file=sys.stderr
        ) as progress:
            for index, events in enumerate(shares(options["events"], options["organizations"])):
                wishes = Wishes(
                    members=options["members"],
                    events=events,
                    days=options["days"],
                    until=datetime.combine(until, time(), UTC),
                    random_seed=options["random_seed"],
                )
                self.stdout.write(self.plant_once(index, wishes, progress))

    @transaction.atomic
    def plant_once(self, index: int, wishes: Wishes, progress: "tqdm[Any]") -> str:
        """Create the organization unless it exists. Return a message for the operator."""
        organization, is_new = Organization.objects.get_or_create(
            slug=f"seed-{index + 1}", defaults=fields(index, wishes)
        )
        if not is_new:
            return _("%(slug)s exists already and is left as it is.") % {"slug": organization.slug}
        plant(organization, wishes, domain=f"{organization.slug}.example", advance=progress.update)
        return _("%(slug)s: %(name)s, %(plan)s, %(members)s members, %(events)s events") % {
            "slug": organization.slug,
            "name": organization.name,
            "plan": organization.get_plan_display(),
            "members": wishes.members,
            "events": wishes.events,
        }


def fields(index: int, wishes: Wishes) -> dict[str, Any]:
    """The fields of organization `index`. Plans and time zones alternate."""
    matter, trade = MATTERS[index % len(MATTERS)], TRADES[index % len(TRADES)]
    return {
        "name": f"{matter} {trade}",
        "plan": PLANS[index % len(PLANS)],
        "time_zone": TIME_ZONES[index % len(TIME_ZONES)],
        "created_at": wishes.until - timedelta(days=wishes.days),
    }


def shares(total: int, number: int) -> list[int]:
    """`total` in `number` parts, each smaller than the one before, by Zipf's law."""
    sums = list(accumulate(1 / (index + 1) for index in range(number)))
    ends = [round(total * passed / sums[-1]) for passed in sums]
    return [end - start for start, end in pairwise([0, *ends])]
