"""What a folder of results holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.results.files import REPORT
from experiments.results.record import Row
from experiments.results.table import read_rows
from experiments.results.verdicts import read_manifest, read_verdicts
from proofs_check.verdict import Verdict
from scm.arguments import require

SWEEP = "sweep.csv"


@dataclass(frozen=True)
class Sweep:
    """The rows of a sweep.

    Attributes:
        rows: all that was measured.
        grids: names of what was varied, which are columns of the rows.
    """

    rows: tuple[Row, ...]
    grids: tuple[str, ...]


@dataclass(frozen=True)
class Saved:
    """What a folder of results holds: a report, a sweep, or both.

    Attributes:
        rows: of the report.
        verdicts: of the report.
        manifest: of the report; None where there is none.
        sweep: None where there is none.
    """

    rows: tuple[Row, ...]
    verdicts: tuple[Verdict, ...]
    manifest: dict[str, Any] | None
    sweep: Sweep | None


def read_folder(directory: Path) -> Saved:
    """Read a folder that ``tokenscm`` wrote.

    Args:
        directory: of a report, with the three files of one, or of a sweep.

    Raises:
        ArgumentError: if it holds neither, or a file of it is damaged or missing.
    """
    swept = directory / SWEEP
    sweep = _sweep(swept) if swept.is_file() else None
    table, judged, made = (directory / name for name in REPORT)
    if not any(path.is_file() for path in (table, judged, made)):
        found = sweep is not None
        require(found, "directory", f"a folder with {', '.join(REPORT)} or {SWEEP}", str(directory))
        return Saved((), (), None, sweep)
    rows, verdicts = read_rows(table), read_verdicts(judged)
    return Saved(tuple(rows), tuple(verdicts), read_manifest(made), sweep)


def _sweep(path: Path) -> Sweep:
    rows = read_rows(path)
    return Sweep(tuple(rows), _grids(rows))


def _grids(rows: Sequence[Row]) -> tuple[str, ...]:
    """The columns that points of a sweep are called by, ``NAME=V, NAME=V``; none of one point."""
    first = rows[0] if rows else None
    if first is None:
        return ()
    told = {name: f"{name}={value}" for name, value in first.labels.items()}
    found = [name for name, text in told.items() if text in first.setting]
    return tuple(sorted(found, key=lambda name: first.setting.index(told[name])))
