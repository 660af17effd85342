"""The report on files that a user gave: rows, findings and a manifest, as of any other report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from experiments.results.files import PAGE, REPORT, require_files, writable_directory, write_json
from experiments.results.provenance import manifest
from experiments.results.record import Row
from experiments.results.table import write_rows
from proofs_check import Verdict


def require_report(directory: Path) -> None:
    """Find what stands in the way of a report before work starts; nothing is made.

    Args:
        directory: where the report is to be.

    Raises:
        ArgumentError: if the directory is there and cannot be written to, or a folder stands where
            a file is to be.
    """
    if directory.exists():
        writable_directory("out", directory)
    require_files("out", *(directory / name for name in (*REPORT, PAGE)))


def write_data_report(directory: Path, rows: Sequence[Row], verdicts: Sequence[Verdict]) -> None:
    """Write what was found in files that a user gave; figures are drawn from the rows.

    Args:
        directory: where ``results.csv``, ``verdicts.json`` and ``manifest.json`` go.
        rows: all that was measured.
        verdicts: findings of method ``data``.

    Raises:
        ArgumentError: if the directory cannot be written to.
    """
    writable_directory("out", directory)
    table, judged, made = (directory / name for name in REPORT)
    write_rows(table, rows)
    write_json(judged, [verdict.to_json() for verdict in verdicts])
    write_json(made, manifest("data", (), ()))
