"""Rows on disk: a CSV file in which text stays text and numbers stay numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from experiments.results.cells import format_table, parse_table
from experiments.results.files import write_atomically
from experiments.results.record import COLUMNS, Row
from scm.arguments import ArgumentError

_TEXT = ("study", "claim", "setting", "metric")


def write_rows(path: Path, rows: Sequence[Row]) -> None:
    """Write rows as CSV, atomically; text is quoted, and a label that a row lacks is empty.

    Args:
        path: where the file is to be, in a folder that is there.
        rows: one a line, in order.
    """
    columns = [row.to_json() for row in rows]
    names = list(dict.fromkeys(name for column in columns for name in column)) or list(COLUMNS)
    text = format_table(names, ([column.get(name) for name in names] for column in columns))
    write_atomically(path, lambda temporary: temporary.write_bytes(text.encode()))


def read_rows(path: Path) -> list[Row]:
    """Read rows back, what was text as text and what was a number as a number.

    Raises:
        ArgumentError: if the file is not there or is no table of rows.
    """
    try:
        names, *lines = parse_table(path.read_bytes().decode())
    except (OSError, ValueError) as error:
        kind = type(error).__name__
        raise ArgumentError(f"{path}: expected a table of results, got {kind}") from None
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise ArgumentError(f"{path}: expected the columns {', '.join(COLUMNS)}, got no {missing}")
    return [_row(path, dict(zip(names, line, strict=False))) for line in lines if line != [None]]


def _row(path: Path, columns: dict[Any, Any]) -> Row:
    """The row of a line; a value that is not there is NaN, a label that is not there is none."""
    found = {str(name): value for name, value in columns.items() if value is not None}
    found = {"value": math.nan} | found | {n: str(found[n]) for n in _TEXT if n in found}
    numeric = type(found.get("seed")) is int and type(found["value"]) in (int, float)
    if not numeric or any(name not in found for name in _TEXT):
        raise ArgumentError(
            f"{path}: expected a seed and a value in numbers and a name of study, claim, setting "
            "and metric in every row, got a row without"
        )
    return Row.from_json(found | {"value": float(found["value"])})
