"""Grids: a setting of a config by its dotted name, and the values that it is to take."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from experiments.configs.settings import replace, require_setting, setting_names
from scm.arguments import ArgumentError, require, require_choice
from scm.registry import ConfigRegistry, Registry

Label = bool | int | float | str
"""A value as it stands in a table."""

HOW = "NAME=V1,V2, NAME=FIRST:LAST:STEP or NAME=log:FIRST:LAST:COUNT"

LEVELS = 10_000
"""Most values of one range."""


@dataclass(frozen=True)
class Grid:
    """Values that one setting is to take.

    Attributes:
        path: the setting's dotted name.
        levels: what it becomes, by what that is called in a table.
    """

    path: str
    levels: Mapping[Label, Any]


def parse_grids(config: Any, grids: Sequence[str]) -> list[Grid]:
    """What users write of settings that are to vary.

    ``NAME=V1,V2`` names a setting by its dotted path; a name that is no setting of the config is
    looked up in its world. Values are read as the present one is: numbers, text, True or False,
    lists in brackets (``image_encoder.hidden=[64,64],[128]``), and where the setting is a config
    itself, the registered names of others of its kind (``text_encoder=bag_of_words``), which take
    over the settings that both have. Numbers also come as ranges: ``0:1:0.25`` from the first to
    the last by a step, ``log:1e-3:1:4`` so many by equal factors. A later grid may name a setting
    that the first value of an earlier one has brought.

    Args:
        config: a dataclass.
        grids: of each setting, as above.

    Raises:
        ArgumentError: for an unknown setting or name, a value of another type, or one given twice.
    """
    found = []
    for grid in grids:
        path, equals, text = grid.partition("=")
        require(bool(path and equals and text), "grid", HOW, grid)
        if path.partition(".")[0] not in setting_names(config) and "world" in setting_names(config):
            path = f"world.{path}"
        current = config
        for name in path.split("."):
            require_setting("grid", name, setting_names(current))
            current = getattr(current, name)
        levels = [level for part in _split(text) for level in _levels(current, part, grid)]
        once = dict(levels)
        require(len(once) == len(levels), "grid", "each value once", grid)
        found.append(Grid(path, once))
        config = replace(config, path, next(iter(once.values())))
    once = {grid.path for grid in found}
    require(len(once) == len(found), "grid", "each setting once", tuple(grids))
    return found


def _split(text: str) -> list[str]:
    """The parts of a text between its commas, but for those in brackets."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter == "[") - (letter == "]")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]


def _levels(current: Any, text: str, grid: str) -> list[tuple[Label, Any]]:
    """What one part of a grid says, in place of the setting's present value."""
    if dataclasses.is_dataclass(current) and not isinstance(current, type):
        return [(text, _of_kind(current, text))]
    if isinstance(current, tuple):
        return [(text, _list(current, text, grid))]
    if type(current) in (int, float) and ":" in text:
        return [(value, value) for value in _range(type(current), text, grid)]
    value = _plain(current, text, grid)
    return [(value, value)]


def _plain(current: Any, text: str, grid: str) -> Label:
    """A text read as the type of the setting's present value."""
    kind = type(current)
    try:
        if kind is bool:
            return {"true": True, "false": False}[text.lower()]
        if kind in (int, float, str):
            return kind(text)
    except (KeyError, ValueError):
        raise ArgumentError(f"grid: expected values of type {kind.__name__}, got {grid}") from None
    raise ArgumentError(f"grid: expected a setting that has a value to vary, got {grid}")


def _list(current: tuple[Any, ...], text: str, grid: str) -> tuple[Any, ...]:
    """A list in brackets, each entry read as the first of the present ones, if there are any."""
    inside = text.startswith("[") and text.endswith("]")
    require(inside, "grid", "lists in brackets, such as [64,64]", grid)
    entries = [part for part in _split(text[1:-1]) if part]
    if not current:
        return tuple(_guessed(entry, grid) for entry in entries)
    read = _list if isinstance(current[0], tuple) else _plain
    return tuple(read(current[0], entry, grid) for entry in entries)


def _guessed(text: str, grid: str) -> Any:
    """A list in brackets, a number, True or False where a text is one, else the text."""
    if text.startswith("["):
        return _list((), text, grid)
    try:
        return json.loads(text.lower())
    except ValueError:
        return text


def _range(kind: type, text: str, grid: str) -> list[Any]:
    """The numbers of a range, exact in decimals: the last stands in it where steps meet it."""
    *scale, first, last, step = text.split(":") if text.count(":") >= 2 else ("", "", "", "")
    try:
        if scale == ["log"]:
            return _by_factors(kind, float(first), float(last), int(step))
        if scale:
            raise ValueError
        start, end, by = Fraction(first), Fraction(last), Fraction(step)
        count = math.floor((end - start) / by) + 1
    except (ValueError, ZeroDivisionError, OverflowError):
        raise ArgumentError(f"grid: expected {HOW}, got {grid!r}") from None
    require(1 <= count <= LEVELS, "grid", f"a range of 1 to {LEVELS} values", grid)
    values = [start + i * by for i in range(count)]
    whole = kind is float or all(value.denominator == 1 for value in values)
    require(whole, "grid", "whole numbers", grid)
    return [kind(value) for value in values]


def _by_factors(kind: type, first: float, last: float, count: int) -> list[Any]:
    if not (0 < first < math.inf and 0 < last < math.inf and 1 <= count <= LEVELS):
        raise ValueError
    # The twelve digits that are told are those that are taken.
    values = [float(f"{value:.12g}") for value in np.geomspace(first, last, count)]
    return [round(value) for value in values] if kind is int else values


def _of_kind(current: Any, name: str) -> Any:
    """A config of another kind by its registered name, with the settings that both have."""
    registry = next(
        (
            one
            for one in Registry.every
            if isinstance(one, ConfigRegistry) and type(current) in one.values()
        ),
        None,
    )
    if registry is None or registry.kind == "config":
        raise ArgumentError(
            f"grid: expected a setting of {type(current).__name__}, of which there is one kind, by "
            f"its dotted name, got {name!r}"
        )
    require_choice("grid", name, registry)
    chosen: Any = registry[name]
    if chosen is type(current):
        return current
    shared = {
        field.name: getattr(current, field.name)
        for field in dataclasses.fields(chosen)
        if field.init and field.name in setting_names(current)
    }
    try:
        return chosen(**shared)
    except TypeError as error:
        raise ArgumentError(
            f"grid: expected a {registry.kind} that needs no settings of its own, got {name!r} "
            f"({error})"
        ) from None
