"""Find an engine, a classifier or an exporter by its name in the settings: the name is that of its file."""

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from models.errors import SettingsError


def find(folder: ModuleType, name: str) -> Callable[..., Any]:
    """`create` of the module `name` in `folder`. Raises SettingsError naming what there is."""
    names = sorted(module.name for module in iter_modules(folder.__path__))
    if name not in names:
        raise SettingsError(f"{name!r} is not in {folder.__name__}; there are: {', '.join(names)}")
    create: Callable[..., Any] = import_module(f"{folder.__name__}.{name}").create
    return create
