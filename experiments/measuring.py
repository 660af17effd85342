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
from experiments.studies import ProbedSeed, Setting, Study, probed
from experiments.training.config import require_start
from experiments.training.mesh import device_mesh, require_even
from experiments.training.run import Run, finish, lineage, random_bits, require_whole_run

_KIND = "rows"

Measured = tuple[list[Row], float]
"""Rows, and the seconds that they took."""


def unit_key(study: Study, setting: Setting) -> str:
    """The hash that the rows of a study's setting are stored under.

    Args:
        study: what measures.
        setting: of the study.

    Raises:
        ArgumentError: if the study is a user's and has no source, see `source_of`.
    """
    kind = type(study)
    source = None if is_ours(kind.__module__) else source_of(kind)
    told = (study.name, study.version, source, setting.name, setting.parameters)
    return config_hash(*told, setting.run.key if setting.run else random_bits())


def require_whole(units: Units, study: Study, settings: Iterable[Setting]) -> None:
    """Find a damaged unit, of rows or of a run, before anything is computed.

    Args:
        units: where they are.
        study: whose rows.
        settings: of the study.

    Raises:
        ArgumentError: if one that is there is truncated, damaged or foreign.
    """
    for setting in settings:
        units.load(_KIND, unit_key(study, setting))
        for run in lineage(setting.run):
            require_whole_run(units, run.key)


def require_measurable(study: Study, settings: Iterable[Setting]) -> None:
    """Find a setting that cannot be trained here or measured, before any is trained.

    Args:
        study: what measures.
        settings: of the study.

    Raises:
        ArgumentError: if its batches do not divide over the devices, or it lacks what the study
            needs; or if it starts from a training whose parts do not fit.
    """
    for setting in settings:
        for run in lineage(setting.run):
            require_even(run.config, device_mesh())
            require_start(run.config)
        study.require(setting)


def study_rows(
    study: Study, settings: Sequence[Setting], units: Units, *, force: bool = False
) -> tuple[list[Row], dict[str, float]]:
    """The rows of a study's settings, measured or loaded, and those that follow from them.

    Args:
        study: what measures.
        settings: of the study.
        units: where rows and runs are kept.
        force: measure and train whatever is stored.

    Returns:
        The rows, and what each setting took, in seconds, by its name.
    """
    rows: list[Row] = []
    seconds: dict[str, float] = {}
    for index, setting in enumerate(settings, 1):
        label = f"{study.name} {index}/{len(settings)}: {setting.name}"
        measure = partial(_measure, study, setting, units, label, force=force)
        kept, seconds[setting.name] = _kept(units, unit_key(study, setting), measure, force=force)
        rows += kept
    return [*rows, *study.derive(rows)], seconds


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


def _measure(study: Study, setting: Setting, units: Units, label: str, *, force: bool) -> Measured:
    start = time.perf_counter()
    seeds: Sequence[ProbedSeed] = ()
    trained_in = 0.0
    if setting.run is not None:
        seeds, trained_in = _train(study, setting.run, units, label, force=force)
    probing = time.perf_counter()
    rows = study.rows(setting, seeds)
    end = time.perf_counter()
    if setting.run is not None:
        console.print(f"{label}: {end - start:.0f} s", highlight=False)
    return rows, trained_in + end - probing


def _train(
    study: Study, run: Run, units: Units, label: str, *, force: bool
) -> tuple[Sequence[ProbedSeed], float]:
    with training_bar(label, run.config.steps * len(run.seeds)) as report:
        finished = finish(run, units, study=study.name, force=force, report=report)
    return probed(finished), finished.seconds
