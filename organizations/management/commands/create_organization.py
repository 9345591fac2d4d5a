"""`manage.py create_organization`: add an organization and, if wanted, its owner."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser
from django.db import transaction

from organizations.models import Member, Organization, Role, User
from organizations.plans import Plan


class Command(BaseCommand):
    help = "Add an organization."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="short name for links and commands, such as acme")
        parser.add_argument("--name", required=True, help="its name on every page")
        parser.add_argument("--plan", required=True, choices=Plan.values)
        parser.add_argument(
            "--time-zone", default="UTC", help="where its days begin, such as Europe/Zurich"
        )
        parser.add_argument("--admin", metavar="EMAIL", help="its owner; a missing user is created")

    def handle(self, *args: Any, **options: Any) -> None:
        fields = {name: options[name] for name in ["slug", "name", "plan", "time_zone"]}
        with transaction.atomic():
            organization = Organization(**fields)
            save_valid(organization)
            messages = [f"Created {organization.slug}: {organization.name}."]
            if options["admin"]:
                messages += add_owner(organization, options["admin"])
        self.stdout.write("\n".join(messages))


def add_owner(organization: Organization, email: str) -> list[str]:
    """Make the user with this address an owner. A missing user is created.

    Returns the messages to print. Raises `CommandError`.
    """
    messages = []
    user = User.objects.with_email(email).first()
    if user is None:
        user = User(email=email)
        user.set_unusable_password()
        save_valid(user)
        messages.append(
            f"Created the user {user.email}, who cannot sign in before you run: "
            f"python manage.py changepassword {user.email}"
        )
    if user.is_staff_or_superuser:
        raise CommandError(
            f"Nothing was created. {user.email} belongs to the support staff, who may not "
            "administer an organization: give --admin another address."
        )
    save_valid(Member(organization=organization, email=user.email, name=user.name, role=Role.OWNER))
    return [*messages, f"{user.email} owns {organization.slug}."]


def save_valid(instance: Organization | User | Member) -> None:
    """Validate and save `instance`. Raises `CommandError`, which names the invalid fields."""
    try:
        instance.full_clean()
    except ValidationError as error:
        problems = [
            f"{field}: {message}" if field != "__all__" else message
            for field, messages in error.message_dict.items()
            for message in messages
        ]
        raise CommandError("Nothing was created. " + " ".join(problems)) from error
    instance.save()
