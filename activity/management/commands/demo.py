"""`manage.py demo`: set up a local demo, except for the server."""

import socket
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from activity.management.arguments import whole_number
from activity.seeding.demo import ORGANIZATIONS, make_logins, make_organization

MAX_EVENTS = 10_000_000


class Command(BaseCommand):
    help = (
        "Set up the demo: tables, static files, three organizations with their activity, logins. "
        "Existing data is kept."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--port", type=whole_number(1, 65535), default=8000, help="port of the server"
        )
        parser.add_argument(
            "--events",
            type=whole_number(1, MAX_EVENTS),
            default=5000,
            metavar="N",
            help="events of each organization",
        )
        parser.add_argument(
            "--password",
            default="",
            help="password of every login (default: random for new logins, else unchanged)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.HTTPS:
            raise CommandError(_("The demo is served without TLS. Set HTTPS=false in .env."))
        check_is_free(options["port"])
        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        for slug in ORGANIZATIONS:
            is_new = make_organization(slug, events=options["events"])
            message = _("Made %s.") if is_new else _("%s is here already, and stays as it is.")
            self.stderr.write(message % slug, lambda text: text)
        self.print_logins(options["port"], options["password"])

    def print_logins(self, port: int, password: str) -> None:
        passwords = make_logins(password)
        self.stdout.write(_("\nSign in at http://127.0.0.1:%s/ (Ctrl+C stops it):\n") % port)
        for login, new_password in passwords.items():
            shown = new_password or _("password as before")
            self.stdout.write(f"  {login.email:<27} {shown:<20} {login.purpose}")
        if not all(passwords.values()):
            self.stdout.write(_("\nTo set another password: make demo DEMO_PASSWORD=..."))


def check_is_free(port: int) -> None:
    """Raise `CommandError` if `port` of this machine is in use."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except (OSError, OverflowError) as error:
        message = _("Port %(port)s is not free (%(error)s). Take another: make demo PORT=8001")
        raise CommandError(message % {"port": port, "error": error}) from error
