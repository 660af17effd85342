"""From claims and studies to a report on disk: what `tokenscm check` and `reproduce` do."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from experiments.measuring import require_measurable, require_whole, study_rows
from experiments.results.files import require_files, write_json
from experiments.results.provenance import manifest
from experiments.results.record import Row
from experiments.results.table import write_rows
from experiments.results.units import Units
from experiments.studies import Preset, Setting, Study, settings_speaking_to, studies_speaking_to
from proofs_check import CLAIMS, Verdict, run_checks
from scm.arguments import require_choice

REPORT = ("results.csv", "verdicts.json", "manifest.json")
"""The files of a report."""


def check(directory: Path, only: Sequence[str] = ()) -> list[Verdict]:
    """`reproduce` without the points that train; everything is computed, whatever is stored.

    Args:
        directory: where ``verdicts.json``, ``results.csv``, ``manifest.json`` and ``units`` go.
        only: ids of claims; empty for all.

    Raises:
        ArgumentError: for an unknown claim, or a directory that cannot be written to; nothing is
            written then.
    """
    return reproduce(directory, None, only, force=True)


def reproduce(
    directory: Path,
    preset: Preset | None = "quick",
    only: Sequence[str] = (),
    force: bool = False,
) -> list[Verdict]:
    """Check some claims exactly, run their studies, and write verdicts, rows and manifest.

    Of a study only the settings that speak to the claims are run, and their rows are all written.

    Args:
        directory: where ``verdicts.json``, ``results.csv``, ``manifest.json`` and ``units`` go.
            Units that are complete there are not computed again.
        preset: ``quick`` thins grids and seeds, never claims; None trains nothing.
        only: ids of claims; empty for all.
        force: compute everything again.

    Returns:
        All verdicts: those of claims, then those of studies in their order.

    Raises:
        ArgumentError: for an unknown claim, devices that a batch does not divide over, a directory
            that cannot be written to, or a damaged unit; nothing is computed or written then.
        NonFiniteLossError: if training diverges.
    """
    for claim in only:
        require_choice("only", claim, CLAIMS)
    asked = [
        (study, settings)
        for study in studies_speaking_to(only)
        if (settings := _settings(only, study, preset))
    ]
    for study, settings in asked:
        require_measurable(study, settings)
    require_files("out", *(directory / name for name in REPORT))
    units = Units.create(directory)
    if not force:
        for study, settings in asked:
            require_whole(units, study, settings)
    verdicts = run_checks(only)
    rows: list[Row] = []
    for study, settings in asked:
        found, seconds = study_rows(study, settings, units, force=force)
        rows += found
        verdicts += study.verdicts(found, seconds)
    if only:
        verdicts = [verdict for verdict in verdicts if verdict.claim in only]
    write_rows(directory / "results.csv", rows)
    write_json(directory / "verdicts.json", [verdict.to_json() for verdict in verdicts])
    write_json(directory / "manifest.json", manifest(preset or "exact", only, units.provenances()))
    return verdicts


def _settings(only: Sequence[str], study: Study, preset: Preset | None) -> list[Setting]:
    """The points that are asked about; without a preset those that train nothing."""
    found = settings_speaking_to(only, study, preset or "quick")
    return found if preset else [setting for setting in found if setting.run is None]


def passed(verdicts: Sequence[Verdict]) -> bool:
    """Whether every claim, control and identity holds."""
    return all(verdict.holds for verdict in verdicts if verdict.gates)


def as_text(verdict: Verdict) -> tuple[str, ...]:
    """The cells of a verdict in a table."""
    interval = verdict.interval
    spread = "" if interval is None else f"[{interval[0]:.3f}, {interval[1]:.3f}]"
    slack = f" ± {verdict.tolerance:g}" if verdict.tolerance else ""
    slack += " (chosen)" if verdict.basis == "chosen" else ""
    outcome = "holds" if verdict.holds else "FAILS" if verdict.gates else "no"
    outcome += ", interval does not" if verdict.holds and verdict.supported is False else ""
    measured = "nan" if math.isnan(verdict.measured) else f"{verdict.measured:.3f}"
    return (
        verdict.claim,
        verdict.kind,
        verdict.setting,
        verdict.metric,
        measured,
        f"{verdict.relation} {verdict.predicted:.3f}{slack}",
        spread,
        outcome,
    )
