"""What changed from one folder of results to another."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from experiments.results.record import Row
from experiments.results.statistics import NORMAL
from experiments.results.table import read_rows
from experiments.results.verdicts import read_verdicts
from proofs_check import Verdict
from scm.arguments import ArgumentError

T = TypeVar("T")

TABLES = ("results.csv", "sweep.csv")
"""Tables of rows that a folder may hold."""

_OF_A_RUN = frozenset({"run", "low", "high"})
"""Columns that tell how a number came about, not which it is."""


@dataclass(frozen=True)
class Change:
    """A number that is not what it was.

    Attributes:
        what: which number it is.
        before: in the first folder; a mean over seeds.
        after: in the second.
        errors: of how many standard errors of their difference that is; infinite where neither has
            any, NaN where it is not known.
        turned: what became of a verdict: "holds" or "does not hold" now; empty where it is as it
            was, and for rows.
    """

    what: str
    before: float
    after: float
    errors: float
    turned: str = ""


@dataclass(frozen=True)
class Compared:
    """Two sets of numbers.

    Attributes:
        same: how many are the same in both.
        changes: those that are not; verdicts that turned first, then by standard errors.
        gone: which only the first has.
        new: which only the second has.
    """

    same: int
    changes: tuple[Change, ...]
    gone: tuple[str, ...]
    new: tuple[str, ...]


def compare_verdicts(before: Sequence[Verdict], after: Sequence[Verdict]) -> Compared:
    """Verdicts of the same id.

    Args:
        before: of one report.
        after: of another.
    """

    def changed(one: Verdict, other: Verdict) -> Change | None:
        if (one.measured, one.holds) == (other.measured, other.holds):
            return None
        turned = "" if one.holds == other.holds else "holds" if other.holds else "does not hold"
        errors = _in_errors(one.measured, other.measured, _error(one), _error(other))
        return Change(one.id, one.measured, other.measured, errors, turned)

    return _compared({one.id: one for one in before}, {one.id: one for one in after}, str, changed)


def compare_rows(before: Sequence[Row], after: Sequence[Row]) -> Compared:
    """Means over seeds of rows that are alike but for their seed and their value.

    Args:
        before: of one table.
        after: of another.
    """

    def changed(one: list[float], other: list[float]) -> Change | None:
        if sorted(one) == sorted(other):
            return None
        means = float(np.mean(one)), float(np.mean(other))
        errors = _in_errors(*means, _standard_error(one), _standard_error(other))
        return Change("", *means, errors)

    return _compared(_by_what(before), _by_what(after), _told, changed)


def compare(before: Path, after: Path) -> tuple[Compared | None, Compared]:
    """Verdicts, where both folders have some, and rows of two folders of results.

    Args:
        before: a folder that a command wrote.
        after: another.

    Raises:
        ArgumentError: if a folder holds no table of rows, the two hold tables of different kinds,
            or one is damaged.
    """
    table = next((name for name in TABLES if (before / name).is_file()), None)
    if table is None or not (after / table).is_file():
        missing, name = (before, " or ".join(TABLES)) if table is None else (after, table)
        raise ArgumentError(
            f"dir: expected folders of results, got {str(missing)!r} without {name}"
        )
    rows = compare_rows(read_rows(before / table), read_rows(after / table))
    judged = [folder / "verdicts.json" for folder in (before, after)]
    if not all(path.is_file() for path in judged):
        return None, rows
    return compare_verdicts(*map(read_verdicts, judged)), rows


def _compared(
    before: Mapping[Hashable, T],
    after: Mapping[Hashable, T],
    told: Callable[[Any], str],
    changed: Callable[[T, T], Change | None],
) -> Compared:
    both = [name for name in before if name in after]
    found = [(name, changed(before[name], after[name])) for name in both]
    changes = [
        Change(told(name), one.before, one.after, one.errors, one.turned)
        for name, one in found
        if one is not None
    ]
    return Compared(
        same=len(both) - len(changes),
        changes=tuple(sorted(changes, key=_first)),
        gone=tuple(told(name) for name in before if name not in after),
        new=tuple(told(name) for name in after if name not in before),
    )


def _first(change: Change) -> tuple[bool, bool, float, float]:
    """The order of changes; where standard errors are not known, by their share of the number."""
    known = not math.isnan(change.errors)
    size = abs(change.after - change.before) / max(abs(change.before), abs(change.after))
    return not change.turned, not known, -change.errors if known else 0.0, -size


def _by_what(rows: Sequence[Row]) -> dict[Hashable, list[float]]:
    """Values of all seeds, by what they are of."""
    found: dict[Hashable, list[float]] = {}
    for row in rows:
        labels = {name: value for name, value in row.labels.items() if name not in _OF_A_RUN}
        what = (row.study, row.setting, row.metric, json.dumps(labels, sort_keys=True))
        found.setdefault(what, []).append(row.value)
    return found


def _told(what: tuple[str, str, str, str]) -> str:
    study, setting, metric, labels = what
    said = (str(value) for value in json.loads(labels).values() if value is not None)
    return f"{study}/{setting}/{metric} ({', '.join(said)})"


def _error(verdict: Verdict) -> float:
    """The standard error of what was measured; NaN where it is not known.

    What is exact has the rounding that its tolerance allows for, and a count none. An interval is
    taken for one of the normal law; of few seeds it holds more standard errors, so that a change
    is told as fewer of them than it is.
    """
    if verdict.interval is None:
        return verdict.tolerance / NORMAL if verdict.method == "exact" else math.nan
    return (verdict.interval[1] - verdict.interval[0]) / (2 * NORMAL)


def _standard_error(some: Sequence[float]) -> float:
    """Of a mean over seeds; NaN of one."""
    return float(np.std(some, ddof=1)) / math.sqrt(len(some)) if len(some) > 1 else math.nan


def _in_errors(before: float, after: float, *errors: float) -> float:
    spread = math.hypot(*errors)
    gap = abs(after - before)
    return gap / spread if spread else math.inf if gap else 0.0
