"""The style sheets have no unused rules and no duplicates."""

import re
from collections import Counter
from pathlib import Path

import django.contrib.admin
import import_export
import pytest

from activity.delivery.health import Status
from organizations.models import MemberStatus, RequestStatus
from organizations.plans import Plan

ROOT = Path(__file__).parent.parent
APPS = [ROOT / "activity", ROOT / "organizations", ROOT / "passaudit"]
SHEETS = sorted(sheet for app in APPS for sheet in app.rglob("static/**/*.css"))
MARKUP = [ROOT / "templates", *APPS]
STOCK = [Path(module.__file__).parent for module in (django.contrib.admin, import_export)]
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
MIN_REPEATED_LINES = 5
CODES_OF_BADGES = {"health": Status, "plan": Plan, "status": MemberStatus, "request": RequestStatus}
BADGES = {f"{kind}-{code}" for kind, codes in CODES_OF_BADGES.items() for code in codes}


def rules(sheet):
    """The selector and the declarations of each rule, with or without a media query around."""
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"@media[^{]*\{", "", text)
    for selector, body in RULE.findall(text):
        yield selector.strip(" }\n"), [line.strip() for line in body.split(";") if line.strip()]


def source_of(folders, *endings):
    files = [
        file for folder in folders for ending in endings for file in folder.rglob(f"*{ending}")
    ]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


@pytest.fixture(scope="module")
def words():
    """Every word of the templates, scripts and modules that make or mark elements."""
    source = source_of(MARKUP, ".html", ".js", ".py") + source_of(STOCK, ".html", ".js", ".py")
    return set(re.findall(r"[\w-]+", source))


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_it_has_no_rule_for_a_class_or_id_that_no_page_has(sheet, words):
    names = {
        name
        for selector, _declarations in rules(sheet)
        for name in re.findall(r"[.#]([a-zA-Z][\w-]*)", selector)
    }

    assert sorted(name for name in names - BADGES if name.removeprefix("id_") not in words) == []


def test_it_writes_each_look_once():
    seen = Counter(
        "; ".join(sorted(declarations))
        for sheet in SHEETS
        for _selector, declarations in rules(sheet)
        if len(declarations) >= MIN_REPEATED_LINES
    )

    assert [look for look, count in seen.items() if count > 1] == []
