"""The recipes of docs/api.md and docs/python.md run as written."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from activity.models import Event
from tests.api.conftest import issue

ROOT = Path(__file__).resolve().parents[2]
EMBEDDING = """
import sys, django
from django.conf import settings
settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
    **globals_of_settings,
)
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
exec(example)
organization = Organization.objects.create(name="Acme", slug="acme")
at = datetime.fromisoformat("2026-11-22T10:23:13Z")
for _ in range(2):
    item_was_read(organization, at, "r-1", "dana@acme.example", "203.0.113.7")
from activity.models import Event
print(list(Event.objects.values_list("seq", "event_type", "source_id")))
"""


def blocks(document, language):
    text = (ROOT / document).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.fixture
def run(live_server, acme, tmp_path):
    if not shutil.which("curl"):
        pytest.skip("There is no curl here. On Debian: apt-get install curl")
    environment = {
        **os.environ,
        "PASSAUDIT": live_server.url,
        "PASSAUDIT_KEY": issue(acme).token,
    }

    def run(recipe):
        finished = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", recipe],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            timeout=60,
            check=True,
        )
        return finished.stdout.decode()

    return run


def test_it_runs_every_recipe_of_the_api(run, acme, tmp_path):
    recipes = blocks("docs/api.md", "sh")
    answers = [run(recipe) for recipe in recipes]
    first, bad = blocks("docs/api.md", "json")
    assert answers[0] == first.strip()
    assert bad.strip() in answers
    assert json.loads(answers[1])["accepted"] == 2
    assert json.loads(answers[4])["items"][0]["id"] == "e-4"
    assert json.loads(answers[6])["items"][0]["class_uid"] == 3004
    lines = (tmp_path / "log.ndjson").read_text().splitlines()
    assert [json.loads(line)["seq"] for line in lines] == [1, 2, 3, 4, 5]
    assert Event.objects.filter(organization=acme).count() == 5


def test_it_goes_on_where_the_feed_stood(run, acme, tmp_path):
    recipes = blocks("docs/api.md", "sh")
    [follow] = [recipe for recipe in recipes if "while" in recipe]
    run(recipes[0])
    run(follow)
    run(recipes[1])
    run(follow)
    run(follow)
    lines = (tmp_path / "log.ndjson").read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["e-1", "e-2", "e-3"]


@pytest.mark.slow
def test_it_embeds_in_another_project():
    settings, example = blocks("docs/python.md", "python")
    values = {}
    exec(settings, values)
    del values["__builtins__"]
    program = f"globals_of_settings = {values!r}\nexample = {example!r}\n{EMBEDDING}"
    finished = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        timeout=120,
        check=True,
    )
    assert finished.stdout.decode() == "[(1, 'item.read', 'r-1')]\n"
