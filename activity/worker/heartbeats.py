"""Heartbeats of the workers, from which pages tell whether one is running."""

import os
import socket
import uuid
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from activity.worker.models import WorkerBeat

BEAT_EVERY = timedelta(seconds=10)
MAX_MISSED_BEATS = 7
DELETE_AFTER = timedelta(days=1)


def new_name() -> str:
    """A unique name for the worker of this process."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def beat(name: str) -> None:
    """Record a heartbeat of the worker `name`. Deletes the rows of workers that died long ago."""
    now = timezone.now()
    WorkerBeat.objects.update_or_create(name=name, defaults={"beat_at": now})
    WorkerBeat.objects.filter(beat_at__lt=now - DELETE_AFTER).delete()


def end(name: str) -> None:
    """Record that the worker `name` has stopped."""
    WorkerBeat.objects.filter(name=name).delete()


def is_worker_running() -> bool:
    """Whether a worker sent a heartbeat recently.

    A worker sends none during a request to a receiver, so the limit includes `DELIVERY_TIMEOUT`.
    """
    limit = timedelta(seconds=settings.DELIVERY_TIMEOUT) + MAX_MISSED_BEATS * BEAT_EVERY
    return WorkerBeat.objects.filter(beat_at__gt=timezone.now() - limit).exists()
