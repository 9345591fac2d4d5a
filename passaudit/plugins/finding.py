"""Find the apps that PLUGINS names. Settings import this module, so it must not import models."""

from collections.abc import Iterable
from typing import NamedTuple

from django.apps import AppConfig
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from passaudit import __version__


class Problem(NamedTuple):
    """Why a plugin does not work. `plugin` is its name in PLUGINS."""

    plugin: str
    message: str


class Findings(NamedTuple):
    """`apps` are the names by which Django installs the plugins that were found."""

    apps: list[str]
    problems: list[Problem]


def find_plugins(names: Iterable[str], installed: Iterable[str]) -> Findings:
    """Look for the app of each plugin. `installed` are the names of the other apps.

    An app that is missing, fails to import or needs another version of passaudit is a problem, and
    is not installed: the site then refuses to start.
    """
    labels = {name.rpartition(".")[2] for name in installed}
    findings = Findings([], [])
    for name in names:
        try:
            config = AppConfig.create(name)
        except Exception as error:  # noqa: BLE001 - whatever the module of a plugin raises
            message = f"it cannot be imported ({type(error).__name__}: {error})"
            findings.problems.append(Problem(name, message))
            continue
        message = _misfit(config, labels)
        if message:
            findings.problems.append(Problem(name, message))
        else:
            labels.add(config.label)
            findings.apps.append(name)
    return findings


def _misfit(config: AppConfig, labels: set[str]) -> str:
    """Why this app cannot be installed beside apps with `labels`, or ""."""
    if config.label in labels:
        return f"another app has the label “{config.label}”"
    wanted = getattr(config, "passaudit", "")
    try:
        is_compatible = SpecifierSet(wanted).contains(__version__, prereleases=True)
    except (InvalidSpecifier, TypeError, AttributeError):
        return f"its AppConfig says passaudit = {wanted!r}, which is not a version specifier"
    if not is_compatible:
        return f"it needs passaudit {wanted}, and this is {__version__}"
    return ""
