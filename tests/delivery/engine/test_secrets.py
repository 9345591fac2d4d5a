import pytest
from django.core.management import call_command

from activity.delivery import secrets
from activity.delivery.models import Destination
from activity.delivery.secrets import SecretLost

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def sealed(siem):
    """A stored, encrypted secret."""
    siem.secret = SECRET
    siem.save()
    return siem


def test_it_stores_no_secret_in_the_clear(sealed):
    (row,) = Destination.objects.values()
    assert SECRET not in str(row)
    assert Destination.objects.get().secret == SECRET


def test_it_seals_the_same_secret_differently_each_time():
    assert secrets.encrypt(SECRET) != secrets.encrypt(SECRET)


def test_it_needs_no_seal_for_nothing():
    assert secrets.encrypt("") == secrets.decrypt("") == ""


def test_it_opens_with_a_former_key(sealed, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "new"
    assert sealed.secret == SECRET


def test_it_says_when_the_key_is_gone(sealed, settings):
    settings.SECRET_KEY = "new"
    with pytest.raises(SecretLost):
        _ = sealed.secret


def test_a_worker_seals_anew_with_a_new_key(sealed, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "new"
    call_command("run_worker", "--once")
    settings.SECRET_KEY_FALLBACKS = []
    sealed.refresh_from_db()
    assert sealed.secret == SECRET


def test_a_worker_leaves_what_is_sealed_well_or_lost(sealed, settings):
    before = sealed.sealed_secret
    call_command("run_worker", "--once")
    settings.SECRET_KEY = "new"
    call_command("run_worker", "--once")
    sealed.refresh_from_db()
    assert sealed.sealed_secret == before
