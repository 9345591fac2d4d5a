"""Load the installed plugins, and say which are loaded and what each adds."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise

from activity.event_types import CATEGORIES, EVENT_TYPES
from activity.registry import Registry
from passaudit.plugins.finding import Problem

MODULE = "passaudit_plugin"


@dataclass(frozen=True, slots=True)
class Plugin:
    """A loaded plugin. `entries` are labels of what it registered, by name of the registry."""

    label: str
    name: str | Promise
    version: str
    entries: dict[str, list[str | Promise]]


_loaded: list[Plugin] = []
_problems: list[Problem] = []


def load_plugins() -> None:
    """Import the module `passaudit_plugin` of each plugin, which registers its entries."""
    registries = _registries()
    for name in settings.PLUGIN_APPS:
        config = apps.get_app_config(AppConfig.create(name).label)
        before = [set(registry.codes()) for registry in registries]
        try:
            import_module(f"{config.name}.{MODULE}")
        except Exception as error:  # noqa: BLE001 - whatever the module of a plugin raises
            message = f"{config.name}.{MODULE} fails ({type(error).__name__}: {error})"
            _problems.append(Problem(name, message))
            continue
        added = [
            [entry for entry in registry if entry.code not in codes]
            for registry, codes in zip(registries, before, strict=True)
        ]
        wrong = [Problem(name, message) for message in _wrong_codes(config.label, added)]
        _problems.extend(wrong)
        if not wrong:
            entries = {
                registry.name: [entry.label for entry in new]
                for registry, new in zip(registries, added, strict=True)
                if new
            }
            version = str(getattr(config, "version", ""))
            _loaded.append(Plugin(config.label, config.verbose_name, version, entries))


def _registries() -> list[Registry[Any]]:
    from activity.admin.pages import PAGES  # noqa: PLC0415 - the admin site imports this module
    from activity.delivery.kinds import KINDS  # noqa: PLC0415
    from activity.formats import FORMATS  # noqa: PLC0415
    from activity.importers import IMPORTERS  # noqa: PLC0415

    return [EVENT_TYPES, CATEGORIES, IMPORTERS, FORMATS, KINDS, PAGES]


def loaded_plugins() -> list[Plugin]:
    return list(_loaded)


def problems() -> list[Problem]:
    """What is wrong with the plugins in PLUGINS."""
    return [*settings.PLUGIN_PROBLEMS, *_problems]


def require_plugins() -> None:
    """Raise `ImproperlyConfigured` if a plugin does not work, so that no server starts."""
    if found := problems():
        raise ImproperlyConfigured("\n".join(f"Plugin {name}: {text}." for name, text in found))


def _wrong_codes(label: str, added: list[list[Any]]) -> Iterator[str]:
    event_types, categories, *_others = added
    for entry in [*event_types, *categories]:
        if entry.code != label and not entry.code.startswith((f"{label}.", f"{label}_")):
            yield f"the code “{entry.code}” must start with “{label}”, the label of the app"
    for event_type in event_types:
        if CATEGORIES.get(event_type.category.code) != event_type.category:
            yield f"the category of “{event_type.code}” is not registered"
