"""The tables of events can be distributed by organization."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandError

from activity.models import Actor, Event, LogDay, LogHead
from activity.scaling import event_tables
from organizations.models import Organization

MODELS = [m for m in apps.get_models() if m._meta.db_table in event_tables()]


@pytest.mark.sqlite
@pytest.mark.django_db
def test_it_refuses_sqlite():
    with pytest.raises(CommandError, match=r"docs/moving\.md.*Nothing was changed"):
        call_command("distribute")


def test_it_means_the_tables_of_events():
    assert {Actor, Event, LogHead, LogDay} <= {*MODELS}
    assert {model._meta.app_label for model in MODELS} == {"activity"}


@pytest.mark.parametrize("model", MODELS)
def test_it_keeps_nothing_unique_beyond_an_organization(model):
    """Citus requires the organization in every unique constraint. Django's keys are replaced."""
    for constraint in model._meta.total_unique_constraints:
        assert "organization" in constraint.fields
    unique = [f for f in model._meta.concrete_fields if f.unique and not f.primary_key]
    assert unique == []


def test_it_has_foreign_keys_that_can_be_distributed():
    for model in apps.get_models(include_auto_created=True):
        targets = {f.related_model for f in model._meta.concrete_fields if f.is_relation}
        if model in MODELS:
            assert targets <= {Organization, *MODELS}, model
        else:
            assert targets.isdisjoint(MODELS), model
