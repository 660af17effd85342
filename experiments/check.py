"""Exact checks on their own: what `tokenscm check` does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from experiments.kept_rows import exact_rows
from experiments.reproduce import REPORT
from experiments.results.files import require_files, write_json
from experiments.results.provenance import manifest
from experiments.results.table import write_rows
from experiments.results.units import Units
from experiments.studies import EXACT_STUDIES, speaking_to
from proofs_check import CLAIMS, Verdict, run_checks
from scm.arguments import require_choice


def check(directory: Path, only: Sequence[str] = ()) -> list[Verdict]:
    """Check claims exactly, run their exact studies, and write verdicts, rows and manifest.

    Everything is computed, whatever the directory holds.

    Args:
        directory: where ``verdicts.json``, ``results.csv``, ``manifest.json`` and ``units`` go.
        only: ids of claims; empty for all.

    Raises:
        ArgumentError: for an unknown claim, or a directory that cannot be written to; nothing is
            written then.
    """
    for claim in only:
        require_choice("only", claim, CLAIMS)
    require_files("out", *(directory / name for name in REPORT))
    units = Units.create(directory)
    verdicts = run_checks(only)
    rows = exact_rows(speaking_to(only, EXACT_STUDIES), units, force=True)
    write_rows(directory / "results.csv", rows)
    write_json(directory / "verdicts.json", [verdict.to_json() for verdict in verdicts])
    write_json(directory / "manifest.json", manifest("exact", only, units.provenances()))
    return verdicts
