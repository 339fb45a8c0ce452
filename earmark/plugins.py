"""Find an engine, a classifier or an exporter by its name in the settings: the name is that of its file."""

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from models.errors import SettingsError


def find(folder: ModuleType, name: str) -> Callable[..., Any]:
    """`create` of the module `name` in `folder`. Raises SettingsError naming what there is."""
    check(folder, name)
    create: Callable[..., Any] = import_module(f"{folder.__name__}.{name}").create
    return create


def check(folder: ModuleType, name: str, *, variable: str = "") -> None:
    """Whether there is a module `name`, importing none. Raises SettingsError naming what there is, and `variable`."""
    names = sorted(module.name for module in iter_modules(folder.__path__))
    if name not in names:
        says = f"{variable} is {name!r}, which" if variable else repr(name)
        raise SettingsError(f"{says} is not in {folder.__name__}; there are: {', '.join(names)}")
