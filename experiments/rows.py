"""Tidy rows: one a measurement."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

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
    """

    study: str
    claim: str
    setting: str
    seed: int
    metric: str
    value: float
    labels: dict[str, Any] = field(default_factory=dict)

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
    values: Sequence[float],
) -> tuple[float, tuple[float, float] | None]:
    """Mean over seeds and its 95 % interval (Student's t); None for fewer than two seeds."""
    array = np.asarray(values, float)
    mean = float(array.mean()) if len(array) else math.nan
    if len(array) < 2:
        return mean, None
    half = float(stdtrit(len(array) - 1, 0.975)) * float(array.std(ddof=1)) / math.sqrt(len(array))
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
    """Write rows as CSV, atomically; a label that a row lacks is empty."""
    names = list(dict.fromkeys(name for row in rows for name in row.to_json()))
    frame = pd.DataFrame([row.to_json() for row in rows], columns=names or list(COLUMNS))
    write_atomically(path, lambda temporary: frame.to_csv(temporary, index=False))


def read_rows(path: Path) -> list[Row]:
    """Read rows back.

    Raises:
        ArgumentError: if the file is not there or is no table of rows.
    """
    try:
        text: Any = dict.fromkeys(_TEXT, str)
        frame = pd.read_csv(path, keep_default_na=False, na_values=[""], dtype=text)
    except (OSError, ValueError) as error:
        kind = type(error).__name__
        raise ArgumentError(f"{path}: expected a table of results, got {kind}") from None
    missing = [name for name in COLUMNS if name not in frame.columns]
    if missing:
        raise ArgumentError(f"{path}: expected the columns {', '.join(COLUMNS)}, got no {missing}")
    numeric = all(pd.api.types.is_numeric_dtype(frame[name]) for name in ("seed", "value"))
    if len(frame) and (not numeric or frame[["seed", *_TEXT]].isna().to_numpy().any()):
        raise ArgumentError(
            f"{path}: expected a seed and a value in numbers and a name of study, claim, setting "
            "and metric in every row, got a row without"
        )
    for name in frame.columns.difference(COLUMNS):
        if frame[name].dtype.kind == "O":
            frame[name] = frame[name].map(_cell)
    records = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [
        Row.from_json(
            {
                str(name): math.nan if name == "value" and value is None else value
                for name, value in record.items()
                if value is not None or name == "value"
            }
        )
        for record in records
    ]


def _cell(value: Any) -> Any:
    """A number among text, where studies give one label to both."""
    try:
        number = float(value) if isinstance(value, str) else math.nan
    except ValueError:
        return value
    return number if math.isfinite(number) else value
