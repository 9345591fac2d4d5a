"""Real workers that are stopped or killed during a delivery."""

import json
import signal
import subprocess
import sys
import time
from threading import Event

import pytest

from tests import processes
from tests.delivery.receivers import WebReceiver

pytestmark = pytest.mark.slow

PREPARE = """
from django.core.management import call_command
from tests.delivery.engine.fakes import fill, make_destination
from tests.factories import OrganizationFactory
call_command("migrate", verbosity=0)
acme = OrganizationFactory(slug="acme")
destination = make_destination(acme, address="http://127.0.0.1:%d/in")
destination.secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
destination.save()
fill(acme, 150)
"""
LOOK = """
import json
from activity.delivery.models import Destination, WorkerBeat
d = Destination.objects.get()
print(json.dumps([d.position, d.lease_token is None, d.failures, WorkerBeat.objects.count()]))
"""


@pytest.fixture
def world(tmp_path):
    """Start workers with 150 events to deliver. The receiver delays its first response."""
    has_begun, go = Event(), Event()

    class Answers(list):
        def pop(self, at):
            has_begun.set()
            assert go.wait(30)
            return super().pop(at)

    with WebReceiver(answers=Answers([200]), is_tls=False) as receiver:
        variables = processes.environment(tmp_path, DELIVERY_ALLOW_PRIVATE="true")
        processes.execute(variables, PREPARE % receiver.port)
        started = []

        def start():
            command = [sys.executable, "manage.py", "run_worker"]
            started.append(subprocess.Popen(command, cwd=processes.ROOT, env=variables))
            return started[-1]

        yield start, receiver, has_begun, go, lambda: processes.execute(variables, LOOK)
        go.set()
        for worker in started:
            worker.kill()
            worker.wait()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_finishes_the_batch_in_hand_and_ends(number, world):
    start, receiver, has_begun, go, look = world
    worker = start()
    assert has_begun.wait(60)
    worker.send_signal(number)
    time.sleep(0.3)
    assert worker.poll() is None
    go.set()
    assert worker.wait(timeout=20) == 0
    assert look() == [100, True, 0, 0]
    assert len(receiver.requests) == 1


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_loses_nothing(world):
    start, receiver, has_begun, go, look = world
    worker = start()
    assert has_begun.wait(60)
    worker.kill()
    worker.wait()
    go.set()
    assert look() == [0, False, 0, 1]
    sent = [event["seq"] for event in json.loads(receiver.requests[0].body)]
    assert sent == list(range(1, 101))
