"""What a user's class is made of: its source, and that of all of the user's that it names."""

from __future__ import annotations

import ast
import inspect
import sys
import sysconfig
from collections.abc import Iterator
from functools import cache
from importlib.util import resolve_name
from pathlib import Path
from types import ModuleType

from scm.arguments import ArgumentError
from scm.registry import ConfigRegistry

PACKAGES = ("scm", "proofs_check", "experiments", "figures")
"""Ours: what they hold is told by registered names and by versions that are raised by hand."""


def is_ours(module: str) -> bool:
    """Whether a module of that name belongs to this distribution."""
    return module.partition(".")[0] in PACKAGES


@cache
def source_of(cls: type) -> str:
    """The statements that define a user's class and whatever they name, wherever those stand.

    Names are followed through the user's own modules: to bases, helpers, constants, and the world
    or the encoder that the class builds. Comments and layout do not count, nor in which of the
    user's modules something stands. What is imported from a library counts by its name, a class
    that is registered by its name and version. Read once a process, for a file may be edited later.

    Raises:
        ArgumentError: if there is no source file, as for what is typed into an interpreter, or
            the class is made inside a function, whose variables no source tells.
    """
    definition = _Definition(cls.__module__.partition(".")[0])
    module = sys.modules.get(cls.__module__)
    if module is None or cls.__qualname__ not in definition.statements(module):
        raise ArgumentError(
            f"{cls.__qualname__}: expected a class at the top level of a file, whose source tells "
            "what it does, got one without"
        )
    definition.follow(module, cls.__qualname__)
    return "\n".join(sorted(definition.texts))


class _Definition:
    """What has been found of a definition.

    Attributes:
        texts: statements of the user's, and what imported names mean.
    """

    def __init__(self, package: str) -> None:
        self.texts: set[str] = set()
        self._package = package
        self._followed: set[tuple[str, str]] = set()
        self._statements: dict[str, dict[str, list[ast.stmt]]] = {}

    def statements(self, module: ModuleType) -> dict[str, list[ast.stmt]]:
        """The statements at the top level of a module by the names they bind; none without file."""
        name = module.__name__
        if name not in self._statements:
            self._statements[name] = bound = {}
            try:
                body = ast.parse(inspect.getsource(module)).body
            except (OSError, TypeError):
                body = []
            for statement in body:
                for binding in _bound(statement):
                    bound.setdefault(binding, []).append(statement)
        return self._statements[name]

    def follow(self, module: ModuleType, name: str) -> None:
        """Add what a name of a module is bound to, then what is named there."""
        if (module.__name__, name) in self._followed:
            return
        self._followed.add((module.__name__, name))
        bound = self.statements(module)
        for statement in bound.get(name, bound.get("*", [])):
            if isinstance(statement, ast.Import | ast.ImportFrom):
                self._follow_import(module, name, statement)
                continue
            self.texts.add(ast.unparse(statement))
            for node in ast.walk(statement):
                if isinstance(node, ast.Name):
                    self.follow(module, node.id)

    def _follow_import(
        self, module: ModuleType, name: str, statement: ast.Import | ast.ImportFrom
    ) -> None:
        for alias in statement.names:
            if (alias.asname or alias.name.partition(".")[0]) not in (name, "*"):
                continue
            if isinstance(statement, ast.Import):
                home, imported = alias.name, ""
            else:
                relative = "." * statement.level + (statement.module or "")
                home = resolve_name(relative, module.__package__)
                imported = name if alias.name == "*" else alias.name
                if f"{home}.{imported}" in sys.modules:
                    home, imported = f"{home}.{imported}", ""
            self._follow_into(home, imported, name, vars(module).get(name))

    def _follow_into(self, home: str, imported: str, name: str, value: object) -> None:
        """Add what ``name`` means: ``imported`` from the module ``home``, or all of that module."""
        source = sys.modules.get(home)
        if is_ours(home):
            known = {entry: f"{full} {version}" for full, entry, version in ConfigRegistry.named()}
            meaning = known.get(value) if isinstance(value, type) else None
            self.texts.add(f"{name} = {meaning or imported or home}")
        elif source is None or (home.partition(".")[0] != self._package and _is_library(source)):
            self.texts.add(f"{name} = {home}.{imported}".rstrip("."))
        elif imported:
            self.follow(source, imported)
        else:
            for inner in self.statements(source):
                self.follow(source, inner)


def _is_library(module: ModuleType) -> bool:
    """Whether a module is built in, or stands where Python or its packages are installed."""
    file = getattr(module, "__file__", None)
    if file is None:
        return True
    path = Path(file).resolve()
    installed = {"site-packages", "dist-packages"} & set(path.parts)
    return bool(installed) or path.is_relative_to(Path(sysconfig.get_path("stdlib")).resolve())


def _bound(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement at the top level binds; ``*`` for all of a module."""
    if isinstance(statement, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        yield statement.name
    elif isinstance(statement, ast.Import | ast.ImportFrom):
        for alias in statement.names:
            yield alias.asname or alias.name.partition(".")[0]
    else:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id
            elif isinstance(node, ast.stmt) and node is not statement:
                yield from _bound(node)
