"""Configs as TOML files that a person reads and edits."""

from __future__ import annotations

import dataclasses
import inspect
import textwrap
from pathlib import Path
from typing import Any

import docstring_parser
import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Table

from experiments.configs.settings import setting_names
from scm.arguments import ArgumentError, require, require_choice
from scm.registry import ConfigRegistry

KIND = "kind"
"""The key that names the class of a table, as ``encoder/mlp``."""

WIDTH = 96
"""Columns of a comment."""


def to_toml(config: Any) -> str:
    """A config as TOML: a table a dataclass, and above each setting what its docstring says.

    Args:
        config: dataclasses of registered classes, tuples, numbers and text.

    Raises:
        ArgumentError: if a class is not registered.
    """
    document = tomlkit.document()
    _fill(document, config)
    return tomlkit.dumps(document)


def read_toml(path: Path, kind: type) -> Any:
    """The config that a TOML file describes; a setting that it leaves out has its default.

    Args:
        path: of the file.
        kind: what the config has to be.

    Raises:
        ArgumentError: if the file cannot be read, is no TOML, or describes no such config; the text
            names the file and the setting.
    """
    try:
        found = tomlkit.parse(path.read_text(encoding="utf-8")).unwrap()
    except OSError as error:
        raise ArgumentError(
            f"config: expected a file that can be read, got {str(path)!r} ({error.strerror})"
        ) from None
    except (TOMLKitError, UnicodeDecodeError) as error:
        raise ArgumentError(f"config: expected TOML, got {str(path)!r} ({error})") from None
    config = _built(found, "config")
    require(isinstance(config, kind), "config", f"one of {kind.__name__}", type(config).__name__)
    return config


def _fill(table: Table | tomlkit.TOMLDocument, config: Any) -> None:
    """Write a dataclass into a table; plain values first, as TOML asks for."""
    names = {entry: name for name, entry, _ in ConfigRegistry.named()}
    if type(config) not in names:
        raise ArgumentError(f"config: expected a registered class, got {type(config).__qualname__}")
    table.add(KIND, tomlkit.item(names[type(config)]))
    said = _descriptions(type(config))
    settings = {name: getattr(config, name) for name in setting_names(config)}
    for name, value in settings.items():
        if not _is_table(value):
            for line in textwrap.wrap(said.get(name, ""), WIDTH):
                table.add(tomlkit.comment(line))
            if value is None:
                table.add(tomlkit.comment(f"{name} is not set"))
            else:
                table.add(name, tomlkit.item(_lists(value)))
    for name, value in settings.items():
        if _is_table(value):
            table.add(name, _table(value, said.get(name, "")))


def _table(value: Any, said: str) -> Any:
    if isinstance(value, tuple):
        tables = tomlkit.aot()
        for one in value:
            tables.append(_table(one, said))
        return tables
    table = tomlkit.table()
    for line in textwrap.wrap(said, WIDTH):
        table.add(tomlkit.comment(line))
    _fill(table, value)
    return table


def _is_table(value: Any) -> bool:
    entries = value if isinstance(value, tuple) else (value,)
    return bool(entries) and all(map(dataclasses.is_dataclass, entries))


def _lists(value: Any) -> Any:
    return [_lists(one) for one in value] if isinstance(value, tuple) else value


def _descriptions(kind: type) -> dict[str, str]:
    """What docstrings of a class and of what it inherits say of its settings."""
    return {
        one.arg_name: " ".join((one.description or "").split())
        for base in reversed(kind.__mro__)
        for one in docstring_parser.parse(inspect.cleandoc(base.__doc__ or "")).params
    }


def _built(value: Any, where: str) -> Any:
    """What a value of TOML stands for: a table with a kind is a config of it."""
    if isinstance(value, list):
        return tuple(_built(one, where) for one in value)
    if not isinstance(value, dict):
        return value
    require(KIND in value, where, f"a table with a {KIND}", ", ".join(value) or "an empty one")
    kinds = {name: entry for name, entry, _ in ConfigRegistry.named()}
    require_choice(f"{where}.{KIND}", value[KIND], kinds)
    kind = kinds[value[KIND]]
    settings = {name: one for name, one in value.items() if name != KIND}
    known = [field.name for field in dataclasses.fields(kind) if field.init]
    for name in settings:
        require_choice(where, name, known)
    made = {name: _built(one, f"{where}.{name}") for name, one in settings.items()}
    try:
        return kind(**made)
    except ArgumentError as error:
        raise ArgumentError(f"{where}: {error}") from None
    except TypeError as error:
        raise ArgumentError(f"{where}: expected settings of {value[KIND]}, got {error}") from None
