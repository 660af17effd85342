"""Sweeps: a study's base setting with some of its parameters varied."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from experiments.configs.settings import replace, setting_names
from experiments.job import perform
from experiments.measuring import require_measurable, require_whole
from experiments.plan import Plan, every_setting, make_plan
from experiments.results.files import PAGE, require_files
from experiments.results.record import Row
from experiments.results.table import write_rows
from experiments.results.units import Units
from experiments.studies import STUDIES, Setting, Study
from experiments.training.config import TrainingConfig
from experiments.training.memory import require_memory
from experiments.training.run import Run
from experiments.workers import HERE, Crew
from scm.arguments import ArgumentError, require, require_integer


def sweep(
    study_name: str,
    grids: Sequence[str],
    seeds: int,
    directory: Path,
    *,
    crew: Crew = HERE,
) -> tuple[list[Row], list[str]]:
    """Measure the product of some grids and write ``sweep.csv``.

    Args:
        study_name: whose base setting is varied.
        grids: ``NAME=V1,V2`` each; NAME is the dotted path of a setting of
            `TrainingConfig`, e.g. ``world.law``; a name without a dot that is no setting there is
            looked up in the world.
        seeds: number of seeds.
        directory: where ``sweep.csv`` and ``units`` go.
        crew: who trains and measures.

    Returns:
        The rows, with a column for each grid, and the grids' names.

    Raises:
        ArgumentError: for an unknown study or setting, a value it does not take, or a point that
            cannot be trained, does not fit the memory or cannot be measured, or workers that cannot
            be reached; nothing is trained or written then.
        NonFiniteLossError: if training diverges.
        WorkersLostError: if workers die at one task again and again.
    """
    study, axes, settings = _swept(study_name, grids, seeds)
    require_files("out", directory / "sweep.csv", directory / PAGE)
    with crew.team() as team:
        units = Units.create(directory)
        found, _ = perform(_plan(study, settings, units), units, team)[study.name]
    base = study.base().parameters
    rows = [_without(row, base.keys() - set(axes)) for row in found]
    write_rows(directory / "sweep.csv", rows)
    return rows, axes


def planned_sweep(study_name: str, grids: Sequence[str], seeds: int, directory: Path) -> Plan:
    """What `sweep` would do; nothing is computed or written.

    Args:
        study_name: see `sweep`, as for the others.
        grids: see there.
        seeds: see there.
        directory: see there; it need not exist.

    Raises:
        ArgumentError: as of `sweep`, but for the directory.
    """
    study, _, settings = _swept(study_name, grids, seeds)
    return _plan(study, settings, Units(directory / "units"))


def _swept(
    study_name: str, grids: Sequence[str], seeds: int
) -> tuple[Study, list[str], list[Setting]]:
    """The study, the names of the grids, and the points of their product, all of which can be."""
    study = STUDIES[study_name]
    require_integer("seeds", seeds, 1)
    require(len(grids) > 0, "grid", "at least one NAME=V1,V2", tuple(grids))
    base = study.base()
    config = base.trained.config
    axes = dict(_parse(config, grid) for grid in grids)
    require(len(axes) == len(grids), "grid", "each setting once", tuple(grids))
    points = [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())]
    settings = [_point(base, point, tuple(range(seeds))) for point in points]
    require_measurable(study, settings)
    for setting in settings:
        require_memory(setting.trained.config, setting.name)
    return study, list(axes), settings


def _plan(study: Study, settings: Sequence[Setting], units: Units) -> Plan:
    require_whole(units, study, settings)
    return make_plan(every_setting(study, settings), units)


def _point(base: Setting, point: dict[str, Any], seeds: tuple[int, ...]) -> Setting:
    config = base.trained.config
    for path, value in point.items():
        config = replace(config, path, value)
    name = ", ".join(f"{path}={value}" for path, value in point.items()) or base.name
    return Setting(name, Run(config, seeds), base.parameters | point, base.claims)


def _without(row: Row, names: Collection[str]) -> Row:
    """A row without what the study says of its base, which may not be true of a point."""
    labels = {name: value for name, value in row.labels.items() if name not in names}
    return dataclasses.replace(row, labels=labels)


def _parse(config: TrainingConfig, grid: str) -> tuple[str, list[Any]]:
    path, equals, values = grid.partition("=")
    if not equals or not path or not values:
        raise ArgumentError(f"grid: expected NAME=V1,V2, got {grid!r}")
    if path.partition(".")[0] not in setting_names(config):
        path = f"world.{path}"
    current: Any = config
    for name in path.split("."):
        known = setting_names(current)
        if name not in known:
            expected = f"one of {', '.join(known)}" if known else "no further name"
            raise ArgumentError(f"grid: expected {expected}, got {name!r} in {grid}")
        current = getattr(current, name)
    found = [_value(current, text, grid) for text in values.split(",")]
    require(len(set(found)) == len(found), "grid", "each value once", grid)
    return path, found


def _value(current: Any, text: str, grid: str) -> Any:
    """``text`` read as the type of the setting's present value."""
    kind = type(current)
    try:
        if kind is bool:
            return {"true": True, "false": False}[text.lower()]
        if kind in (int, float, str):
            return kind(text)
    except (KeyError, ValueError):
        raise ArgumentError(f"grid: expected values of type {kind.__name__}, got {grid}") from None
    raise ArgumentError(f"grid: expected a number, text or True or False to vary, got {grid}")
