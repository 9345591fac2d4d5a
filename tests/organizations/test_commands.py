"""create_organization and set_plan."""

import pytest
from django.core.management import CommandError, call_command

from organizations.models import Member, Organization, PlanChange, Role, User
from organizations.plans import Plan
from tests.factories import UserFactory


def create(slug="dogwood", **options):
    call_command("create_organization", slug, **{"name": "Dogwood", "plan": "essentials"} | options)


def test_it_creates_an_organization(db, capsys):
    create(plan="business_suite", time_zone="Europe/Zurich")

    values = Organization.objects.values("slug", "name", "plan", "time_zone").get()
    assert values == {
        "slug": "dogwood",
        "name": "Dogwood",
        "plan": Plan.BUSINESS_SUITE,
        "time_zone": "Europe/Zurich",
    }
    assert capsys.readouterr().out == "Created dogwood: Dogwood.\n"


def test_it_puts_days_in_utc_unless_told(db):
    create()

    assert Organization.objects.get().time_zone == "UTC"


def test_it_creates_the_owner_and_says_how_to_set_a_password(db, capsys):
    create(admin="Dana@DOGWOOD.example")

    user = User.objects.get()
    assert not user.has_usable_password()
    assert not user.is_staff_or_superuser
    member = Member.objects.get()
    assert (member.user, member.email, member.role) == (user, user.email, Role.OWNER)
    assert capsys.readouterr().out == (
        "Created dogwood: Dogwood.\n"
        "Created the user Dana@dogwood.example, who cannot sign in before you run: "
        "python manage.py changepassword Dana@dogwood.example\n"
        "Dana@dogwood.example owns dogwood.\n"
    )


def test_it_makes_an_existing_user_the_owner(db, capsys):
    user = UserFactory(email="dana@dogwood.example", name="Dana Weiss")

    create(admin="DANA@dogwood.example")

    member = Member.objects.get()
    assert (member.user, member.email, member.name) == (user, user.email, "Dana Weiss")
    assert "changepassword" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"slug": "acme"}, "slug: Organization with this Slug already exists."),
        ({"slug": "no spaces"}, "slug: Enter a valid “slug”"),
        ({"name": ""}, "name: This field cannot be blank."),
        ({"time_zone": "Mars/Olympus"}, "time_zone: Mars/Olympus is not a time zone. Use"),
        ({"admin": "dana"}, "email: Enter a valid email address."),
        ({"admin": "support@passaudit.example"}, "give --admin another address"),
    ],
)
def test_it_creates_nothing_by_halves(acme, support, capsys, options, message):
    with pytest.raises(CommandError, match="Nothing was created") as error:
        create(**options)

    assert message in str(error.value)
    assert list(Organization.objects.all()) == [acme]
    assert list(User.objects.all()) == [support]
    assert not Member.objects.exists()
    assert capsys.readouterr().out == ""


def test_it_refuses_an_unknown_plan(db):
    with pytest.raises(CommandError, match="invalid choice: 'gold'"):
        call_command("create_organization", "dogwood", "--name=Dogwood", "--plan=gold")


def test_it_sets_the_plan_and_keeps_the_reason(acme, capsys):
    call_command("set_plan", "acme", "essentials", "--reason", "They asked.")

    acme.refresh_from_db()
    assert acme.plan == Plan.ESSENTIALS
    change = PlanChange.objects.get()
    assert (change.reason, change.changed_by, change.changed_by_email) == ("They asked.", None, "")
    assert capsys.readouterr().out == "acme is on Pass Essentials now.\n"


def test_it_says_that_the_plan_is_set_already(acme, capsys):
    call_command("set_plan", "acme", "professional")

    assert not PlanChange.objects.exists()
    assert capsys.readouterr().out == "acme is on Pass Professional already.\n"


def test_it_sets_no_plan_of_an_unknown_organization(db):
    with pytest.raises(CommandError, match="There is no organization acne"):
        call_command("set_plan", "acne", "professional")


def test_it_sets_no_unknown_plan(acme):
    with pytest.raises(CommandError, match="invalid choice: 'gold'"):
        call_command("set_plan", "acme", "gold")
