"""Tidy rows: one a measurement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from experiments.configs.encoding import plain
from experiments.vocabulary import roles

COLUMNS = ("study", "claim", "setting", "seed", "metric", "value")

MISSING = object()
"""Equal to nothing else."""


@dataclass(frozen=True)
class Measurement:
    """A number that a study measured at one of its settings.

    Attributes:
        metric: what was measured, e.g. ``r2`` or ``text score``.
        value: the number.
        role: what kind of number it is, see `experiments.vocabulary.roles`; None of a quantity that
            stands beside no other.
        labels: what tells measurements of one metric apart, by the names of their columns.
        seed: of what was trained; 0 of what is exact.
        claim: the statement that it speaks to; None for the setting's first.
    """

    metric: str
    value: float
    role: str | None = roles.MEASURED
    labels: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    claim: str | None = None


@dataclass(frozen=True)
class Row:
    """A measurement with the study and the setting that it is of.

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
    """The rows whose columns have the values wanted; a column that a row lacks has none.

    Args:
        rows: what is chosen from.
        **wanted: a value for each column that counts.
    """
    chosen = list(rows)
    # Column by column: fewer rows are left for the next, and half of the time is saved.
    for name, value in wanted.items():
        if name in COLUMNS:
            chosen = [row for row in chosen if getattr(row, name) == value]
        else:
            chosen = [row for row in chosen if row.labels.get(name, MISSING) == value]
    return chosen


def values(rows: Iterable[Row], **wanted: Any) -> list[float]:
    """The values of `select`, in the order of the rows.

    Args:
        rows: what is chosen from.
        **wanted: a value for each column that counts.
    """
    return [row.value for row in select(rows, **wanted)]


def by_setting(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """The rows of each setting, in the order in which settings come."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.setting, []).append(row)
    return found
