"""Rules about names that the layer contract in pyproject.toml cannot express.

import-linter sees which module imports which. These tests read the syntax trees to see which class,
function or method is used.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ["passaudit", "organizations", "activity"]


@dataclass(frozen=True)
class Rule:
    """In `scope`, only modules of `allowed` use `names`.

    A dotted name includes the names below it. A name that ends in "()" is a call.
    """

    reason: str
    names: list[str]
    allowed: list[str]
    scope: tuple[str, ...] = ("*",)


EVENT = "activity.models.Event"
RULES = [
    Rule("this module is independent of the others", PACKAGES, [], ("organizations/plans.py",)),
    Rule("this module does not use the database", ["django.db"], [], (
        "activity/event_types.py", "activity/registry.py",
        "activity/seeding/people.py", "activity/seeding/timeline.py",
        "activity/seeding/arrivals.py",
    )),
    Rule("only recording.record() creates events", [
        f"{EVENT}()", f"{EVENT}.save()", f"{EVENT}.objects.create()",
        f"{EVENT}.objects.bulk_create()", f"{EVENT}.objects.get_or_create()",
        f"{EVENT}.objects.update_or_create()",
    ], ["activity/recording/writer.py"]),
    Rule("only recording inserts rows in bulk", ["activity.recording.bulk_insert.insert"], [
        "activity/recording/writer.py", "activity/recording/daily_counts.py",
    ]),
    Rule("only activity.access asks what a plan includes", [
        "organizations.plans.includes",
    ], ["activity/access.py"]),
    Rule("only exports write CSV, only importers read it", ["csv"], [
        "activity/exports/__init__.py", "activity/importers/*", "organizations/spreadsheets.py",
    ]),
    Rule("only exports stream responses", [
        "django.http.StreamingHttpResponse", "django.http.FileResponse",
    ], ["activity/exports/__init__.py"]),
    Rule("only admin modules use django.contrib.admin", ["django.contrib.admin"], [
        "*/admin.py", "*/admin/*.py", "*/templatetags/*.py",
        "passaudit/admin_site.py", "passaudit/apps.py", "passaudit/urls.py",
        "passaudit/sign_in/views.py", "passaudit/error_pages.py",
    ]),
    Rule("only delivery.network opens connections, to addresses it has checked", [
        "socket.socket", "socket.create_connection", "http.client.HTTPConnection",
        "http.client.HTTPSConnection", "urllib.request", "urllib3", "requests", "httpx",
    ], [
        "activity/delivery/network/connections.py", "activity/delivery/network/http.py",
        "activity/management/commands/demo.py", "activity/plugin/testing.py",
    ]),
]  # fmt: skip


def sources(*folders: str) -> list[str]:
    """Paths of our modules, relative to the project, without migrations."""
    return sorted(
        path.relative_to(ROOT).as_posix()
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        if "migrations" not in path.parts
    )


@cache
def tree_of(source: str) -> ast.Module:
    return ast.parse((ROOT / source).read_text(encoding="utf-8"), source)


def imported_names(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Pairs of the local name and the full name of each import."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.asname or alias.name, alias.name
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def dotted(node: ast.AST) -> str:
    """The dotted name of an expression such as `a.b.c`; "" for other expressions."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value)
        return owner and f"{owner}.{node.attr}"
    return ""


def used_names(tree: ast.Module) -> dict[str, int]:
    """Full names that are imported, mentioned or called ("()"), with a line number each."""
    full_names = dict(imported_names(tree))
    used = dict.fromkeys(full_names.values(), 1)
    for node in ast.walk(tree):
        is_call = isinstance(node, ast.Call)
        first, dot, rest = dotted(node.func if is_call else node).partition(".")
        if first in full_names:
            used[full_names[first] + dot + rest + "()" * is_call] = node.lineno
    return used


@cache
def used_in(source: str) -> dict[str, int]:
    return used_names(tree_of(source))


def breaches(rule: Rule, source: str) -> Iterator[str]:
    for used, line in used_in(source).items():
        if any(used == name or used.startswith(f"{name}.") for name in rule.names):
            yield f"{source}:{line} uses {used}, but {rule.reason}"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.reason)
def test_it_keeps_to_the_layout(rule):
    bound = [
        source
        for source in sources(*PACKAGES)
        if any(fnmatch(source, pattern) for pattern in rule.scope)
        and not any(fnmatch(source, pattern) for pattern in rule.allowed)
    ]
    assert bound
    found = [breach for source in bound for breach in breaches(rule, source)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.reason)
def test_it_names_modules_that_exist(rule):
    patterns = [*rule.allowed, *rule.scope]
    known = sources(*PACKAGES)
    assert [p for p in patterns if not any(fnmatch(source, p) for source in known)] == []


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("import csv", "csv"),
        ("from django import http\nhttp.StreamingHttpResponse([])", "django.http"),
        ("from activity.models import Event\nEvent(seq=1)", f"{EVENT}()"),
        ("from activity import models as m\nm.Event.objects.create()", f"{EVENT}.objects.create()"),
        ("from organizations import plans\nplans.includes(1)", "organizations.plans.includes"),
    ],
)
def test_it_sees_through_imports(code, name):
    assert any(used == name or used.startswith(f"{name}.") for used in used_names(ast.parse(code)))
