import socket

import pytest
from django.core.management import CommandError, call_command

from activity.models import Event
from activity.seeding.demo import LOGINS
from organizations.models import Member, Organization, User


@pytest.fixture
def demo(db, settings, tmp_path, capsys, unused_port):
    """Run the command and return what it printed on standard output and on standard error."""
    settings.STATIC_ROOT = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # is quick

    def run(*arguments):
        call_command("demo", f"--port={unused_port}", "--events=60", *arguments)
        return capsys.readouterr()

    return run


@pytest.fixture
def unused_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def passwords(printed):
    """The printed password of each login."""
    lines = [line.split() for line in printed.splitlines() if "@" in line]
    return {email: password for email, password, *_ in lines}


def test_it_makes_the_organizations_with_their_activity(demo):
    demo()
    plans = dict(Organization.objects.values_list("slug", "plan"))
    assert plans == {"acme": "professional", "birch": "essentials", "cedar": "business_suite"}
    assert Event.objects.count() == 3 * 60


def test_it_prints_logins_that_work(demo, unused_port):
    printed = demo().out
    assert f"http://127.0.0.1:{unused_port}/" in printed
    assert passwords(printed).keys() == {login.email for login in LOGINS}
    for email, password in passwords(printed).items():
        assert User.objects.get(email=email).check_password(password)


def test_it_gives_each_login_its_place(demo):
    demo()
    members = Member.objects.filter(email__in=[login.email for login in LOGINS])
    places = members.values_list("email", "organization__slug", "role", "user__is_staff")
    assert set(places) == {
        ("admin@acme.example", "acme", "admin", False),
        ("admin@birch.example", "birch", "admin", False),
        ("admin@cedar.example", "cedar", "admin", False),
        ("member@acme.example", "acme", "member", False),
    }
    assert User.objects.get(email="support@passaudit.example").is_staff


def test_it_keeps_data_and_passwords_the_second_time(demo):
    first = passwords(demo().out)
    printed = demo()
    assert "acme is here already, and stays as it is" in printed.err
    assert "make demo DEMO_PASSWORD=" in printed.out
    assert Event.objects.count() == 3 * 60
    for email, password in first.items():
        assert User.objects.get(email=email).check_password(password)


def test_it_sets_the_password_it_is_given(demo):
    demo()
    printed = demo("--password=tulips in the snow").out
    assert "tulips in the snow" in printed
    assert "DEMO_PASSWORD" not in printed
    assert User.objects.get(email="admin@acme.example").check_password("tulips in the snow")


def test_it_says_when_the_port_is_taken(db):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(CommandError, match=rf"Port {port} is not free .*make demo PORT=8001"):
            call_command("demo", f"--port={port}")
    assert not Organization.objects.exists()


def test_it_refuses_to_serve_a_site_that_wants_https(db, settings):
    settings.HTTPS = True
    with pytest.raises(CommandError, match="Set HTTPS=false"):
        call_command("demo")
