"""Rows of studies, measured once and kept as units."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from experiments.configs.encoding import config_hash
from experiments.configs.source import is_ours, source_of
from experiments.progress import console, training_bar
from experiments.results.record import Row
from experiments.results.units import Units
from experiments.studies import ExactStudy, Setting, Study
from experiments.training.mesh import device_mesh, require_even
from experiments.training.run import FinishedRun, finish, random_bits, require_whole_run

_KIND = "rows"

Measured = tuple[list[Row], float]
"""Rows, and the seconds that they took."""


def unit_key(study: Study | ExactStudy, setting: Setting | None = None) -> str:
    """The hash that the rows of a study's setting, or of an exact study, are stored under.

    Raises:
        ArgumentError: if the study is a user's and has no source, see `source_of`.
    """
    kind = type(study)
    source = None if is_ours(kind.__module__) else source_of(kind)
    told = (study.name, study.version, source)
    if setting is None:
        return config_hash(*told, random_bits())
    return config_hash(*told, setting.name, setting.parameters, setting.run.key)


def require_whole(units: Units, keys: Iterable[str], runs: Iterable[str] = ()) -> None:
    """Find a damaged unit before anything is computed.

    Args:
        units: where they are.
        keys: of rows.
        runs: keys of runs.

    Raises:
        ArgumentError: if one that is there is truncated, damaged or foreign.
    """
    for key in keys:
        units.load(_KIND, key)
    for key in runs:
        require_whole_run(units, key)


def require_measurable(study: Study, settings: Iterable[Setting]) -> None:
    """Find a setting that cannot be trained here or measured, before any is trained.

    Raises:
        ArgumentError: if its batches do not divide over the devices, or it lacks what the study
            needs.
    """
    mesh = device_mesh()
    for setting in settings:
        require_even(setting.run.config, mesh)
        study.require(setting)


def exact_rows(studies: Iterable[ExactStudy], units: Units, *, force: bool = False) -> list[Row]:
    """The rows of exact studies, computed or loaded."""
    rows: list[Row] = []
    for study in studies:
        rows += _kept(units, unit_key(study), partial(_compute, study), force=force)[0]
    return rows


def study_rows(
    study: Study, settings: Sequence[Setting], units: Units, *, force: bool = False
) -> tuple[list[Row], dict[str, float]]:
    """The rows of a study's settings, measured or loaded, and what each setting took."""
    rows: list[Row] = []
    seconds: dict[str, float] = {}
    for index, setting in enumerate(settings, 1):
        label = f"{study.name} {index}/{len(settings)}: {setting.name}"
        train_and_probe = partial(_train_and_probe, study, setting, units, label, force=force)
        kept = _kept(units, unit_key(study, setting), train_and_probe, force=force)
        rows += kept[0]
        seconds[setting.name] = kept[1]
    return rows, seconds


def _kept(units: Units, key: str, measure: Callable[[], Measured], *, force: bool) -> Measured:
    """Load what was measured, or measure and store it."""
    payload = None if force else units.load(_KIND, key)
    if payload is None:
        rows, seconds = measure()
        measured = {"rows": [row.to_json() for row in rows], "seconds": seconds}
        # Another process may have stored them in the meantime.
        payload = None if force else units.load(_KIND, key)
        if payload is None:
            units.save(_KIND, key, payload := measured)
    return [Row.from_json(row) for row in payload["rows"]], payload["seconds"]


def _compute(study: ExactStudy) -> Measured:
    start = time.perf_counter()
    rows = study.rows()
    return rows, time.perf_counter() - start


def _train_and_probe(
    study: Study, setting: Setting, units: Units, label: str, *, force: bool
) -> Measured:
    start = time.perf_counter()
    steps = setting.run.config.steps * len(setting.run.seeds)
    with training_bar(label, steps) as report:
        finished = finish(setting.run, units, study=study.name, force=force, report=report)
    probing = time.perf_counter()
    rows = study.rows(setting, finished) + _loss_rows(study, setting, finished)
    for row in rows:
        row.labels["run"] = setting.run.key
    end = time.perf_counter()
    console.print(f"{label}: {end - start:.0f} s", highlight=False)
    return rows, finished.seconds + end - probing


def _loss_rows(study: Study, setting: Setting, finished: FinishedRun) -> list[Row]:
    return [
        setting.row(study, seed, "loss", float(loss), {"step": int(step)})
        for seed, curve in zip(finished.run.seeds, finished.trained.losses, strict=True)
        for step, loss in zip(finished.trained.step_counts, curve, strict=True)
    ]
