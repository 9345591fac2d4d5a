"""Signs of life of the workers, so that pages can say when there is none."""

import os
import socket
import uuid
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from activity.delivery.models import WorkerBeat

BEAT_EVERY = timedelta(seconds=10)
BEATS_MISSED = 7
FORGOTTEN_AFTER = timedelta(days=1)


def new_name() -> str:
    """A name for this process that no other worker has."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def beat(name: str) -> None:
    """The worker called `name` lives. Forgets those that died long ago."""
    now = timezone.now()
    WorkerBeat.objects.update_or_create(name=name, defaults={"beat_at": now})
    WorkerBeat.objects.filter(beat_at__lt=now - FORGOTTEN_AFTER).delete()


def end(name: str) -> None:
    """The worker called `name` has stopped."""
    WorkerBeat.objects.filter(name=name).delete()


def is_worker_running() -> bool:
    """Whether a worker gave a sign of life lately. It gives none while it waits for a receiver."""
    silence = timedelta(seconds=settings.DELIVERY_TIMEOUT) + BEATS_MISSED * BEAT_EVERY
    return WorkerBeat.objects.filter(beat_at__gt=timezone.now() - silence).exists()
