"""`manage.py set_plan`: change the plan of an organization."""

from typing import Any

from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser

from organizations.models import Organization
from organizations.plans import Plan


class Command(BaseCommand):
    help = "Change the plan of an organization; the plan history keeps the reason."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("plan", choices=Plan.values)
        parser.add_argument("--reason", default="By command", help="for the plan history")

    def handle(self, *args: Any, **options: Any) -> None:
        slug, plan = options["slug"], Plan(options["plan"])
        try:
            organization = Organization.objects.get(slug=slug)
        except Organization.DoesNotExist:
            message = f"There is no organization {slug}. Create it with create_organization."
            raise CommandError(message) from None
        if organization.change_plan(plan, reason=options["reason"]):
            self.stdout.write(f"{slug} is on {plan.label} now.")
        else:
            self.stdout.write(f"{slug} is on {plan.label} already.")
