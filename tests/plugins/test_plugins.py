"""Plugins: the sample plugin, installed as another package would be, and plugins that fail."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from passaudit import __version__
from passaudit.plugins.finding import find_plugins

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "tests" / "sample_plugin"
GUIDE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
SHOWN = dict(re.findall(r'^```\w+ title="(\S+)"\n(.*?)^```$', GUIDE, re.MULTILINE | re.DOTALL))
MODULES = sorted((SAMPLE / "acme_safe").rglob("*.py"))


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """A folder of packages that pip has installed the sample plugin into."""
    source, target = tmp_path_factory.mktemp("plugin") / "source", tmp_path_factory.mktemp("lib")
    shutil.copytree(SAMPLE, source)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--target", target]
    subprocess.run([*pip, *options, source], check=True)
    return target


def run(folder: Path, plugins: str, *arguments: str, cwd: Path = ROOT):
    """A Python process of a site with these plugins, on a SQLite database of its own."""
    variables = {
        **os.environ,
        "PLUGINS": plugins,
        "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}",
        "DATABASE_URL": f"sqlite:///{folder}/plugins.sqlite3",
        "DJANGO_SETTINGS_MODULE": "passaudit.settings",
        "SECRET_KEY": "plugins",
    }
    for name in [name for name in variables if name.startswith(("PYTEST_", "COV_CORE_"))]:
        del variables[name]
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env=variables,
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_its_own_tests_pass(installed, tmp_path):
    shutil.copytree(SAMPLE / "tests", tmp_path / "tests")
    finished = run(installed, "acme_safe", "-m", "pytest", "tests", cwd=tmp_path)
    assert finished.returncode == 0, finished.stdout
    assert "6 passed" in finished.stdout


def test_the_site_uses_it_everywhere(installed):
    """Runs the tests of `with_acme_safe` in a site that has the plugin."""
    module = str(Path(__file__).with_name("with_acme_safe.py"))
    finished = run(installed, "acme_safe", "-m", "pytest", module)
    assert finished.returncode == 0, finished.stdout


def test_it_needs_no_migration(installed):
    finished = run(installed, "acme_safe", "manage.py", "makemigrations", "--check", "--dry-run")
    assert (finished.returncode, finished.stdout) == (0, "No changes detected\n")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_it_imports_nothing_else_of_passaudit(path):
    """Names that `activity.plugin` lacks would make a plugin depend on our other modules."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            package = (node.module or "").partition(".")[0]
            is_ours = package in {"activity", "organizations", "passaudit"}
            assert not is_ours or node.module == "activity.plugin", node.module
        if isinstance(node, ast.Import):
            assert not {name.name.partition(".")[0] for name in node.names} & {"activity"}


@pytest.mark.parametrize("title", re.findall(r'^```\w+ title="(\S+)"$', GUIDE, re.MULTILINE))
def test_the_guide_shows_the_files_of_the_sample(title):
    block = re.search(
        rf'^```\w+ title="{re.escape(title)}"\n(.*?)^```$', GUIDE, re.MULTILINE | re.DOTALL
    )
    assert block[1] == (SAMPLE / title).read_text(encoding="utf-8")


def test_the_guide_shows_every_file_of_the_sample():
    files = {str(path.relative_to(SAMPLE)) for path in SAMPLE.rglob("*") if path.is_file()}
    files = {name for name in files if "__pycache__" not in name}
    assert SHOWN.keys() == files - {"acme_safe/__init__.py"}


def make_plugin(folder: Path, plugin: str | None, app: str = "") -> None:
    """A package `faulty` with the module `passaudit_plugin`, unless that is None."""
    package = folder / "faulty"
    package.mkdir()
    (package / "__init__.py").touch()
    config = "from django.apps import AppConfig\nclass Faulty(AppConfig):\n    name = 'faulty'\n"
    (package / "apps.py").write_text(config + app)
    if plugin is not None:
        (package / "passaudit_plugin.py").write_text(f"from activity.plugin import *\n{plugin}")


EVENT_TYPE = "EVENT_TYPES.register(EventType({}, 'x', {}, Level.CHANGE, 'x.'))"


@pytest.mark.parametrize(
    ("plugin", "message"),
    [
        (None, "faulty.passaudit_plugin fails (ModuleNotFoundError: No module named"),
        ("1 / 0", "faulty.passaudit_plugin fails (ZeroDivisionError: division by zero)"),
        (
            "FORMATS.register(EventFormat('ecs', 'x', None))",
            "(RegistrationError: The format “ecs” is registered already.)",
        ),
        (
            "FORMATS.register(EventFormat('Ä', 'x', None))",
            "(RegistrationError: The format “Ä” needs a code of at most 32 lower-case letters",
        ),
        (
            EVENT_TYPE.format("'item.stolen'", "CATEGORIES['item']"),
            "the code “item.stolen” must start with “faulty”, the label of the app",
        ),
        (
            EVENT_TYPE.format("'faulty.x'", "Category('faulty', 'x')"),
            "the category of “faulty.x” is not registered",
        ),
    ],
)
def test_a_plugin_that_fails_names_itself(tmp_path, plugin, message):
    make_plugin(tmp_path, plugin)
    finished = run(tmp_path, "faulty", "manage.py", "check")
    assert finished.returncode == 1
    assert "(plugins.E001) Plugin faulty: " in finished.stderr
    assert message in finished.stderr
    assert "Traceback" not in finished.stderr


def test_no_server_starts_with_a_plugin_that_fails(tmp_path):
    make_plugin(tmp_path, "1 / 0")
    finished = run(tmp_path, "faulty,absent", "-c", "import passaudit.wsgi")
    assert finished.returncode == 1
    last_lines = finished.stderr.splitlines()[-2:]
    assert last_lines[0].endswith(
        "ImproperlyConfigured: Plugin absent: it cannot be imported (ModuleNotFoundError: No "
        "module named 'absent')."
    )
    assert last_lines[1].startswith("Plugin faulty: faulty.passaudit_plugin fails")


@pytest.fixture
def found(tmp_path, monkeypatch):
    """Finds the plugin `faulty`, whose AppConfig has more lines."""

    def find(app: str, *names: str):
        make_plugin(tmp_path, "", app)
        monkeypatch.syspath_prepend(tmp_path)
        return find_plugins(names or ["faulty"], ["django.contrib.auth", "activity"])

    yield find
    for name in [name for name in sys.modules if name.partition(".")[0] == "faulty"]:
        del sys.modules[name]


@pytest.mark.parametrize("wanted", ["", f"=={__version__}", ">=0.1,<99"])
def test_it_installs_a_plugin_for_this_version(found, wanted):
    assert found(f"    passaudit = {wanted!r}\n") == (["faulty"], [])


@pytest.mark.parametrize(
    ("app", "message"),
    [
        ("    passaudit = '>=99'\n", f"it needs passaudit >=99, and this is {__version__}"),
        ("    passaudit = 'new'\n", "which is not a version specifier"),
        ("    passaudit = 3\n", "which is not a version specifier"),
        ("    label = 'activity'\n", "another app has the label “activity”"),
        ("1 / 0\n", "it cannot be imported (ZeroDivisionError: division by zero)"),
    ],
)
def test_it_does_not_install_others(found, app, message):
    apps, [problem] = found(app)
    assert apps == []
    assert problem.plugin == "faulty"
    assert message in problem.message


def test_it_installs_a_plugin_once(found):
    apps, [problem] = found("", "faulty", "faulty")
    assert apps == ["faulty"]
    assert problem.message == "another app has the label “faulty”"
