"""Rows of studies, measured once and kept as units."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from experiments.configs.encoding import config_hash
from experiments.configs.source import is_ours, source_of
from experiments.results.record import Row
from experiments.results.units import Units
from experiments.studies import ProbedSeed, Setting, Study, probed
from experiments.training.config import require_start
from experiments.training.loop import Report
from experiments.training.mesh import device_mesh, require_even
from experiments.training.run import RUNS, finish, lineage, random_bits, require_whole_run

ROWS = "rows"
"""The kind of the units that hold rows."""

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
        units.load(ROWS, unit_key(study, setting))
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


def stored_rows(units: Units, key: str) -> Measured | None:
    """The rows that are stored under a key; None if there are none.

    Args:
        units: where they are.
        key: see `unit_key`.

    Raises:
        ArgumentError: if the unit is truncated, damaged or foreign.
    """
    payload = units.load(ROWS, key)
    if payload is None:
        return None
    return [Row.from_json(row) for row in payload["rows"]], payload["seconds"]


def measure(
    study: Study,
    setting: Setting,
    units: Units,
    *,
    force: bool = False,
    report: Report | None = None,
) -> None:
    """Train what a setting needs, measure it, and store its rows; nothing where they are stored.

    Args:
        study: what measures.
        setting: of the study.
        units: where rows and runs are kept.
        force: measure and train whatever is stored, but for runs that were computed by ``units``.
        report: see `experiments.training.loop.train`.

    Raises:
        ArgumentError: if a unit is damaged.
        NonFiniteLossError: if training diverges.
    """
    key = unit_key(study, setting)
    if not force and units.load(ROWS, key) is not None:
        return
    seeds: Sequence[ProbedSeed] = ()
    trained_in = 0.0
    if setting.run is not None:
        again = force and not units.computed(RUNS, setting.run.key)
        finished = finish(setting.run, units, study=study.name, force=again, report=report)
        seeds, trained_in = probed(finished), finished.seconds
    probing = time.perf_counter()
    rows = [row.to_json() for row in study.rows(setting, seeds)]
    seconds = trained_in + time.perf_counter() - probing
    # Another process may have stored them in the meantime.
    if force or units.load(ROWS, key) is None:
        units.save(ROWS, key, {"rows": rows, "seconds": seconds})
