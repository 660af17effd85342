"""Gains: paired differences over seeds, and which of many of them hold at once.

One rule says which gains hold: those whose interval lies above 0, strictly. Intervals are of paired
t tests, as wide as Holm's procedure [holm1979] makes them for the number of comparisons: whatever
differences are 0 in truth, the probability that any of them is called a gain or a loss is 5 %.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from scipy.special import stdtr

from experiments.results.record import Row
from experiments.results.statistics import mean_and_interval
from experiments.vocabulary import metrics
from experiments.vocabulary.negatives import ALL, DRAWN, NOVEL

GAINED = (
    (metrics.TEXT_SCORE, ALL),
    (metrics.GROUP_SCORE, ALL),
    (metrics.TEXT_SCORE, DRAWN),
    (metrics.FAMILIAR_IMAGE, NOVEL),
    (metrics.NOVEL_IMAGE, NOVEL),
)
"""The scores whose gains by hard negatives are compared, and of which hard negatives they are: all,
those that are drawn in training as captions of their own, and those that never are."""

ERROR = 0.05
"""The probability of calling any difference a gain or a loss that is neither, at most."""

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Gain:
    """A mean difference over seeds, among others that are compared with it.

    Attributes:
        mean: the mean difference; NaN where there is none.
        interval: around it, at the level that Holm's procedure tests it at; None for fewer than
            two seeds, which test nothing.
        comparisons: how many are tested together.
    """

    mean: float
    interval: tuple[float, float] | None
    comparisons: int

    @property
    def holds(self) -> bool:
        """Whether the interval lies above 0."""
        return self.interval is not None and self.interval[0] > 0

    @property
    def is_open(self) -> bool:
        """Whether the interval holds 0, or there is none: neither a gain nor a loss."""
        return not self.holds and (self.interval is None or self.interval[1] >= 0)


def gains(compared: Mapping[Key, Sequence[float]]) -> dict[Key, Gain]:
    """Which differences are gains, by paired t tests that Holm's procedure corrects.

    The smallest of m probabilities is tested at `ERROR` / m, the next at `ERROR` / (m - 1), and so
    on up to the first that is not below; all others are tested at its level and stay open.
    Differences that are the same for all seeds have an interval of no width, which excludes 0
    unless they are 0. With two seeds and many comparisons hardly any gain can hold.

    Args:
        compared: differences seed by seed, of each comparison.
    """
    tested = {key: values for key, values in compared.items() if len(values) > 1}
    probability = {key: paired_probability(values) for key, values in tested.items()}
    level = dict.fromkeys(compared, ERROR)
    rejects = True
    bound = ERROR
    for place, key in enumerate(sorted(tested, key=lambda key: probability[key])):
        if rejects:
            bound = ERROR / (len(tested) - place)
            rejects = probability[key] < bound
        level[key] = bound
    return {
        key: Gain(*mean_and_interval(values, 1.0 - level[key]), len(tested))
        for key, values in compared.items()
    }


def gains_by(rows: Iterable[Row], *columns: str) -> dict[tuple[Any, ...], Gain]:
    """`gains` of rows that are differences, seed by seed, grouped by the values of columns.

    Args:
        rows: all that are compared, so that all are counted.
        columns: what tells one comparison from another.
    """
    compared: dict[tuple[Any, ...], list[float]] = {}
    for row in rows:
        compared.setdefault(tuple(row.column(name) for name in columns), []).append(row.value)
    return gains(compared)


def gains_of_training(rows: Iterable[Row]) -> dict[tuple[Any, ...], Gain]:
    """Gains of training with hard negatives over that without: setting, metric, tested, negative.

    Args:
        rows: of the study of hard negatives.
    """
    wanted = {(metrics.gain(score), negative) for score, negative in GAINED}
    gained = [row for row in rows if (row.metric, row.column("negative")) in wanted]
    return gains_by(gained, "setting", "metric", "tested", "negative")


def paired_probability(values: Sequence[float]) -> float:
    """The two-sided probability of differences at least as large, were their mean 0 (Student's t).

    Args:
        values: differences, at least two. Where all are the same it is 0, or 1 if they are 0.
    """
    array = np.asarray(values, float)
    error = float(array.std(ddof=1)) / math.sqrt(len(array))
    size = abs(float(array.mean()))
    if error == 0:
        return float(size == 0)
    return 2.0 * float(stdtr(len(array) - 1, -size / error))
