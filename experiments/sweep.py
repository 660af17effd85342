"""Sweeps: a study's base setting with some of its parameters varied."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Collection, Sequence
from pathlib import Path

from experiments.configs.grids import Grid, Label, parse_grids
from experiments.configs.settings import replace
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
from scm.arguments import require, require_integer


def sweep(
    study_name: str,
    grids: Sequence[str],
    seeds: int,
    directory: Path,
    *,
    config: TrainingConfig | None = None,
    crew: Crew = HERE,
) -> tuple[list[Row], list[str]]:
    """Measure the product of some grids and write ``sweep.csv``.

    Args:
        study_name: whose base setting is varied.
        grids: settings and their values, see `experiments.configs.grids.parse_grids`.
        seeds: number of seeds.
        directory: where ``sweep.csv`` and ``units`` go.
        config: what is varied; the study's base setting if None.
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
    study, axes, settings = _swept(study_name, grids, seeds, config)
    require_files("out", directory / "sweep.csv", directory / PAGE)
    with crew.team() as team:
        units = Units.create(directory)
        found, _ = perform(_plan(study, settings, units), units, team)[study.name]
    base = study.base().parameters
    rows = [_without(row, base.keys() - set(axes)) for row in found]
    write_rows(directory / "sweep.csv", rows)
    return rows, axes


def planned_sweep(
    study_name: str,
    grids: Sequence[str],
    seeds: int,
    directory: Path,
    *,
    config: TrainingConfig | None = None,
) -> Plan:
    """What `sweep` would do; nothing is computed or written.

    Args:
        study_name: see `sweep`, as for the others.
        grids: see there.
        seeds: see there.
        directory: see there; it need not exist.
        config: see there.

    Raises:
        ArgumentError: as of `sweep`, but for the directory.
    """
    study, _, settings = _swept(study_name, grids, seeds, config)
    return _plan(study, settings, Units(directory / "units"))


def _swept(
    study_name: str, grids: Sequence[str], seeds: int, config: TrainingConfig | None
) -> tuple[Study, list[str], list[Setting]]:
    """The study, the names of the grids, and the points of their product, all of which can be."""
    study = STUDIES[study_name]
    require_integer("seeds", seeds, 1)
    require(bool(grids) or config is not None, "grid", "at least one NAME=V1,V2", tuple(grids))
    base = study.base()
    start = base.trained.config if config is None else config
    axes = parse_grids(start, grids)
    products = itertools.product(*(grid.levels for grid in axes))
    settings = [_point(base, start, axes, labels, tuple(range(seeds))) for labels in products]
    require_measurable(study, settings)
    for setting in settings:
        require_memory(setting.trained.config, setting.name)
    return study, [grid.path for grid in axes], settings


def _plan(study: Study, settings: Sequence[Setting], units: Units) -> Plan:
    require_whole(units, study, settings)
    return make_plan(every_setting(study, settings), units)


def _point(
    base: Setting,
    config: TrainingConfig,
    axes: Sequence[Grid],
    labels: Sequence[Label],
    seeds: tuple[int, ...],
) -> Setting:
    for grid, label in zip(axes, labels, strict=True):
        config = replace(config, grid.path, grid.levels[label])
    point = {grid.path: label for grid, label in zip(axes, labels, strict=True)}
    name = ", ".join(f"{path}={label}" for path, label in point.items()) or base.name
    return Setting(name, Run(config, seeds), base.parameters | point, base.claims)


def _without(row: Row, names: Collection[str]) -> Row:
    """A row without what the study says of its base, which may not be true of a point."""
    labels = {name: value for name, value in row.labels.items() if name not in names}
    return dataclasses.replace(row, labels=labels)
