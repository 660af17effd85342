"""API pages of all packages, from their docstrings: ``python .github/api.py DIR``."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import sys
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

import pdoc

PACKAGES = ("scm", "proofs_check", "experiments", "figures")


def modules() -> list[ModuleType]:
    """All modules of our packages."""
    packages = [importlib.import_module(name) for name in PACKAGES]
    found = [
        info.name
        for package in packages
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        # Notebooks are pages of their own.
        if not info.name.startswith("experiments.notebooks.")
    ]
    return [*packages, *map(importlib.import_module, found)]


def resolve(module: ModuleType) -> None:
    """Let annotations be read in the module that wrote them.

    Settings that a dataclass inherits, and strategies that hypothesis composes, would be read
    where the names in their annotations are not known.
    """
    for value in vars(module).values():
        if inspect.isclass(value) and value.__module__ == module.__name__:
            if dataclasses.is_dataclass(value) or issubclass(value, tuple):
                _resolve_fields(value)
        elif inspect.isfunction(value) and hasattr(value, "is_hypothesis_strategy_function"):
            # Its twin inside hypothesis knows no name of this module.
            vars(value).pop("__wrapped__", None)


def _resolve_fields(owner: Any) -> None:
    made = owner.__new__ if issubclass(owner, tuple) else owner.__init__
    for name in [name for name in made.__annotations__ if name != "return"]:
        base = next(one for one in owner.__mro__ if name in vars(one).get("__annotations__", {}))
        written = base.__annotations__[name]
        text = getattr(written, "__forward_arg__", written)
        if isinstance(text, str):
            names = vars(sys.modules[base.__module__])
            made.__annotations__[name] = eval(text, names)


if __name__ == "__main__":
    warnings.simplefilter("error")
    for module in modules():
        resolve(module)
    pdoc.render.configure(docformat="google", math=False)
    pdoc.pdoc(*PACKAGES, output_directory=Path(sys.argv[1]))
