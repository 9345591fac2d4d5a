"""The documents are complete, and name only things that exist."""

import re
import tomllib
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from activity.event_types import CATEGORIES, EVENT_TYPES
from passaudit import __version__

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
OUR_APPS = ("activity", "organizations")
RUNTIME, DEVELOPMENT = PROJECT["dependencies"], PROJECT["optional-dependencies"]["dev"]


def text_of(name):
    return (ROOT / name).read_text(encoding="utf-8")


def name_of(requirement):
    return re.match(r"[\w-]+", requirement)[0]


def defaults_in_settings():
    """Each environment variable, with the source code of its default."""
    pattern = r'env\.\w+\(\s*"([A-Z_]+)"(?:,\s*default=(.+?))?[,)]'
    return dict(re.findall(pattern, text_of("passaudit/settings.py")))


def test_it_lists_every_setting_in_the_example():
    listed = re.findall(r"^(?:# )?([A-Z][A-Z_]+)=", text_of(".env.example"), re.MULTILINE)
    assert set(listed) == defaults_in_settings().keys()
    assert len(listed) == len(set(listed))


def test_it_explains_every_setting_in_the_readme():
    table = text_of("README.md").partition("## Settings")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `([A-Z_]+)`", table, re.MULTILINE)) == (
        defaults_in_settings().keys()
    )


@pytest.mark.parametrize("name", ["PAGE_SECONDS", "FACETS_SECONDS", "API_RATE_PER_MINUTE"])
def test_it_tells_the_same_default_everywhere(name):
    default = defaults_in_settings()[name]
    assert f"# {name}={default}\n" in text_of(".env.example")
    assert f"| `{name}` | `{default}` |" in text_of("README.md")


@pytest.mark.parametrize("requirement", RUNTIME)
def test_it_gives_a_reason_for_every_package(requirement):
    assert re.search(rf"^\| {name_of(requirement)} \| \w", text_of("README.md"), re.MULTILINE)


@pytest.mark.parametrize("requirement", DEVELOPMENT)
def test_it_gives_a_reason_for_every_tool(requirement):
    reasons = text_of("README.md").partition("For development:")[2].partition("\n## ")[0]
    assert re.search(rf"\b{name_of(requirement)}\b(?!-)", reasons)


@pytest.mark.parametrize("requirement", [*RUNTIME, *DEVELOPMENT])
def test_it_pins_every_package(requirement):
    pinned = re.findall(r"^([\w-]+)==", text_of("constraints.txt"), re.MULTILINE)
    names = {name.lower().replace("_", "-") for name in pinned}
    assert name_of(requirement).lower() in names


def test_it_pins_without_addresses():
    lines = text_of("constraints.txt").splitlines()
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []


def test_it_tells_about_every_command():
    commands = {name for name, app in get_commands().items() if app.startswith(OUR_APPS)}
    assert "seed" in commands
    told = set(re.findall(r"^- \*\*`(\w+)`\*\*", text_of("README.md"), re.MULTILINE))
    assert commands - {"demo"} == told


def test_it_uses_options_that_exist():
    for command, arguments in re.findall(r"manage\.py (\w+)((?:.|\\\n)*)", all_documents()):
        app = get_commands().get(command)
        if app:
            parser = load_command_class(app, command).create_parser("manage.py", command)
            known = {option for action in parser._actions for option in action.option_strings}
            used = re.findall(r"(?<=\s)--[a-z][\w-]*", arguments)
            assert set(used) <= known, command


def all_documents():
    return "\n".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_it_links_to_files_that_exist(path):
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_it_names_modules_that_exist():
    names = re.findall(r"`((?:activity|organizations|passaudit|tests)/[\w./]*)`", all_documents())
    assert names
    assert [name for name in names if not (ROOT / name).exists()] == []


def test_it_filters_by_events_that_exist():
    values = re.findall(r"`(?:[^`]*&)?event=([\w.,-]+)[`&]", text_of("docs/filters.md"))
    assert values
    names = {name.removeprefix("-") for value in values for name in value.split(",")}
    assert names <= {*EVENT_TYPES.codes(), *CATEGORIES.codes()}


def test_it_lists_every_event_type():
    listed = re.findall(r"^\| `(\w+)` \| (`\w+\..*) \|$", text_of("docs/filters.md"), re.MULTILINE)
    by_category = {category: re.findall(r"`([\w.]+)`", codes) for category, codes in listed}
    for known in EVENT_TYPES:
        assert known.code in by_category[known.category.code]
    assert sum(map(len, by_category.values())) == len(EVENT_TYPES)


def test_it_has_one_version():
    changes = text_of("CHANGELOG.md")
    released = re.findall(r"^## \[(\d[\d.]*)\]", changes, re.MULTILINE)
    assert "## [Unreleased]" in changes
    assert released[:1] in ([], [__version__])


def test_it_names_the_oldest_python_everywhere():
    oldest = PROJECT["requires-python"].removeprefix(">=")
    for name in ["README.md", "docs/operating.md"]:
        assert f"Python {oldest} or newer" in text_of(name), name
    config = tomllib.loads(text_of("pyproject.toml"))["tool"]
    assert config["mypy"]["python_version"] == oldest
    assert config["ruff"]["target-version"] == "py" + oldest.replace(".", "")
