"""Tidy rows: one a measurement."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import stdtrit

from experiments.cells import format_table, parse_table
from experiments.config import plain
from experiments.files import write_atomically
from scm.checks import ArgumentError

COLUMNS = ("study", "claim", "setting", "seed", "metric", "value")

_TEXT = ("study", "claim", "setting", "metric")

MISSING = object()
"""Equal to nothing else."""


@dataclass(frozen=True)
class Row:
    """One measurement.

    Attributes:
        study: the study that measured it.
        claim: the statement it speaks to.
        setting: the study's setting.
        seed: the seed.
        metric: what was measured, e.g. ``r2`` or ``loss``.
        value: the number.
        labels: what tells rows of one metric apart, and the setting's parameters; a column each.

    Numbers are kept as Python's, whatever kind they came as.
    """

    study: str
    claim: str
    setting: str
    seed: int
    metric: str
    value: float
    labels: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("seed", "value", "labels"):
            object.__setattr__(self, name, plain(getattr(self, name)))

    def column(self, name: str) -> Any:
        """What stands in a column; `MISSING` where the row lacks it."""
        return getattr(self, name) if name in COLUMNS else self.labels.get(name, MISSING)

    def to_json(self) -> dict[str, Any]:
        """The row's columns by name."""
        return {name: getattr(self, name) for name in COLUMNS} | self.labels

    @classmethod
    def from_json(cls, columns: dict[str, Any]) -> Row:
        """The row with those columns."""
        labels = {name: value for name, value in columns.items() if name not in COLUMNS}
        return cls(**{name: columns[name] for name in COLUMNS}, labels=labels)


def select(rows: Iterable[Row], **wanted: Any) -> list[Row]:
    """The rows whose columns have the values wanted; a column that a row lacks has none."""
    return [row for row in rows if all(row.column(name) == value for name, value in wanted.items())]


def values(rows: Iterable[Row], **wanted: Any) -> list[float]:
    """The values of `select`, in the order of the rows."""
    return [row.value for row in select(rows, **wanted)]


def by_setting(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """The rows of each setting, in the order in which settings come."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.setting, []).append(row)
    return found


def mean_and_interval(
    values: Sequence[float], confidence: float = 0.95
) -> tuple[float, tuple[float, float] | None]:
    """Mean over seeds and its interval (Student's t), of 95 %; None for fewer than two seeds."""
    array = np.asarray(values, float)
    mean = float(array.mean()) if len(array) else math.nan
    if len(array) < 2:
        return mean, None
    quantile = float(stdtrit(len(array) - 1, 0.5 * (1.0 + confidence)))
    half = quantile * float(array.std(ddof=1)) / math.sqrt(len(array))
    return mean, (mean - half, mean + half)


def mean(rows: Iterable[Row], **wanted: Any) -> float:
    """The mean of `values`; NaN where there is none."""
    return mean_and_interval(values(rows, **wanted))[0]


def less(rows: Iterable[Row], others: Iterable[Row]) -> list[Row]:
    """Rows whose values are less those of other rows of the same seed; seeds in both count."""
    of_seed = {row.seed: row.value for row in others}
    return [
        replace(row, value=row.value - of_seed[row.seed]) for row in rows if row.seed in of_seed
    ]


def differences(rows: Iterable[Row], others: Iterable[Row]) -> list[float]:
    """The values of `less`, seed by seed."""
    return values(less(rows, others))


def write_rows(path: Path, rows: Sequence[Row]) -> None:
    """Write rows as CSV, atomically; text is quoted, and a label that a row lacks is empty."""
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
