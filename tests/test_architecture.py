"""The rules of docs/architecture.md, read off the syntax trees."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ["passaudit", "organizations", "activity"]
MAX_MODULE_LINES = 250
MAX_FUNCTION_LINES = 40


@dataclass(frozen=True)
class Rule:
    """Only modules of `allowed`, among those of `scope`, may use one of `names`.

    A name is dotted, and means all that is below it, too. With "()" it means a call.
    """

    reason: str
    names: list[str]
    allowed: list[str]
    scope: tuple[str, ...] = ("*",)


EVENT = "activity.models.Event"
RULES = [
    Rule("organizations knows nothing of activity", ["activity"], [], ("organizations/*",)),
    Rule(
        "these stand on their own",
        PACKAGES,
        [],
        ("activity/event_types.py", "activity/reading/ordering.py", "organizations/plans.py"),
    ),
    Rule("the seed's inventions are pure", ["django.db", "activity.models"], [], (
        "activity/seeding/people.py", "activity/seeding/timeline.py",
        "activity/seeding/arrivals.py",
    )),
    Rule("events enter by recording.record()", [
        f"{EVENT}()", f"{EVENT}.save()", f"{EVENT}.objects.create()",
        f"{EVENT}.objects.bulk_create()", f"{EVENT}.objects.get_or_create()",
        f"{EVENT}.objects.update_or_create()",
    ], ["activity/recording/writer.py"]),
    Rule("rows enter by the write path", ["activity.recording.bulk_insert.insert"], [
        "activity/recording/writer.py", "activity/recording/daily_counts.py",
    ]),
    Rule("the gate alone asks what a plan includes", [
        "organizations.plans.includes", "organizations.plans.INCLUDED",
    ], ["activity/access.py", "organizations/plans.py"]),
    Rule("bytes leave by exports.py; importers read", ["csv"], [
        "activity/exports/__init__.py", "activity/importers/*",
    ]),
    Rule("the replica is for exports", ["activity.exports.replica"], [
        "activity/exports/__init__.py",
    ]),
    Rule("bytes leave by exports.py", [
        "django.http.StreamingHttpResponse", "django.http.FileResponse",
    ], ["activity/exports/__init__.py"]),
    Rule("few modules know the admin", ["django.contrib.admin"], [
        "*/admin.py", "*/admin/*.py", "*/templatetags/*.py", "activity/admin/changelist.py",
        "activity/admin/base.py",
        "passaudit/admin_site.py", "passaudit/apps.py", "passaudit/urls.py",
    ]),
    Rule("receivers are reached by connections that were looked at", [
        "socket.socket", "socket.create_connection", "http.client.HTTPConnection",
        "http.client.HTTPSConnection", "urllib.request", "urllib3", "requests", "httpx",
    ], [
        "activity/delivery/network/connections.py", "activity/delivery/network/http.py",
        "activity/management/commands/demo.py",
    ]),
    Rule("nothing is built upon the admin's pages", [
        "activity.admin.events", "activity.admin.changelist",
    ], [
        "activity/admin/events.py", "activity/admin/__init__.py",
    ]),
]  # fmt: skip


def sources(*folders: str) -> list[str]:
    """Our modules, relative to the project, without migrations."""
    return sorted(
        path.relative_to(ROOT).as_posix()
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        if "migrations" not in path.parts
    )


def tree_of(source: str) -> ast.Module:
    return ast.parse((ROOT / source).read_text(encoding="utf-8"), source)


def imported_names(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Each imported name as it is called in the module, and in full."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.asname or alias.name, alias.name
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def dotted(node: ast.AST) -> str:
    """`a.b.c` of an expression that is one, else ""."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value)
        return owner and f"{owner}.{node.attr}"
    return ""


def used_names(tree: ast.Module) -> dict[str, int]:
    """Every name that is imported, mentioned or called ("()"), in full, and a line of it."""
    full_names = dict(imported_names(tree))
    used = dict.fromkeys(full_names.values(), 1)
    for node in ast.walk(tree):
        is_call = isinstance(node, ast.Call)
        first, dot, rest = dotted(node.func if is_call else node).partition(".")
        if first in full_names:
            used[full_names[first] + dot + rest + "()" * is_call] = node.lineno
    return used


def breaches(rule: Rule, source: str) -> Iterator[str]:
    for used, line in used_names(tree_of(source)).items():
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


@pytest.mark.parametrize("source", sources(*PACKAGES, "benchmarks", "tests"))
def test_it_stays_small(source):
    lines = len((ROOT / source).read_text(encoding="utf-8").splitlines())
    assert lines <= MAX_MODULE_LINES, f"{source} has {lines} lines: split it by purpose"
    long = [
        f"{source}:{node.lineno} {node.name} has {length} lines: split it"
        for node in ast.walk(tree_of(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > MAX_FUNCTION_LINES
    ]
    assert not long, "\n".join(long)
