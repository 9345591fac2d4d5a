"""Factories of test data. Events are created by `record()`."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

import factory
from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from factory.django import DjangoModelFactory

from activity.drafts import EventDraft
from activity.models import Event
from activity.recording import record
from activity.uploads.models import ImportJob
from organizations.models import Member, Organization, Role, UpgradeRequest, User
from organizations.plans import Plan

PASSWORD = "correct horse battery staple"


@cache
def hashed_password() -> str:
    """Hash once, because Argon2 is slow."""
    return make_password(PASSWORD)


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"user{n}@example.org")
    name = factory.Faker("name")
    password = factory.LazyFunction(hashed_password)


class OrganizationFactory(DjangoModelFactory):
    class Meta:
        model = Organization

    name = factory.Sequence(lambda n: f"Organization {n}")
    slug = factory.Sequence(lambda n: f"organization-{n}")
    plan = Plan.PROFESSIONAL
    time_zone = "Europe/Zurich"


class MemberFactory(DjangoModelFactory):
    class Meta:
        model = Member

    organization = factory.SubFactory(OrganizationFactory)
    user = factory.SubFactory(UserFactory)
    email = factory.LazyAttribute(
        lambda member: member.user.email if member.user else "no.user@example.org"
    )
    name = factory.LazyAttribute(lambda member: member.user.name if member.user else "")
    role = Role.MEMBER


class UpgradeRequestFactory(DjangoModelFactory):
    class Meta:
        model = UpgradeRequest

    organization = factory.SubFactory(OrganizationFactory, plan=Plan.ESSENTIALS)
    requested_by = factory.SubFactory(UserFactory)
    requested_by_email = factory.LazyAttribute(lambda request: request.requested_by.email)


class ImportJobFactory(DjangoModelFactory):
    """The import of an uploaded file, not yet confirmed."""

    class Meta:
        model = ImportJob

    class Params:
        content = b'{"occurred_at":"2026-11-02T10:23:13Z","event":"item.read"}\n'

    organization = factory.SubFactory(OrganizationFactory)
    file = factory.LazyAttribute(lambda job: ContentFile(job.content, name="file"))
    name = "events.jsonl"
    size = factory.LazyAttribute(lambda job: len(job.content))
    format = "native"
    time_zone = "Europe/Zurich"


def administrator(organization: Organization, role: str = Role.ADMIN, **fields: Any) -> User:
    """A new administrator of `organization`."""
    return MemberFactory(organization=organization, role=role, user=UserFactory(**fields)).user


def draft(**fields: Any) -> EventDraft:
    """A draft with defaults for the fields that a test does not give."""
    defaults: dict[str, Any] = {
        "occurred_at": datetime(2026, 11, 2, 10, 23, 13, 123456, tzinfo=UTC),
        "event_type": "item.read",
        "email": "dana@acme.example",
        "name": "Dana Weiss",
        "ip": "203.0.113.7",
    }
    return EventDraft(**(defaults | fields))


def event(organization: Organization, **fields: Any) -> Event:
    """Record one event."""
    receipt = record(organization, [draft(**fields)])
    return Event.objects.get(organization=organization, seq=receipt.last_seq)
