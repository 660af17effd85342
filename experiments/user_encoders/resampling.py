"""Ratios of sums over pairs, and their bootstrap intervals: what shares a caption moves as one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from experiments.results.statistics import RESAMPLES

CHUNK = 100
"""Resamples at a time, so that memory is some 100 numbers a group."""


@dataclass(frozen=True)
class Estimate:
    """A ratio of means over pairs.

    Attributes:
        value: of the pairs there are; NaN where there is nothing below the line.
        draws: of resampled ones; None for fewer than two groups.
    """

    value: float
    draws: Float[np.ndarray, " resamples"] | None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % percentile interval; None where there is none."""
        draws = () if self.draws is None else self.draws[np.isfinite(self.draws)]
        if not len(draws) or not np.isfinite(self.value):
            return None
        low, high = np.quantile(draws, (0.025, 0.975))
        return float(low), float(high)

    def less(self, other: Estimate) -> Estimate:
        """The difference on the same resamples: of two encoders on the same captions.

        Args:
            other: of the same pairs, drawn with it.
        """
        paired = self.draws is not None and other.draws is not None
        draws = self.draws - other.draws if paired else None
        return Estimate(self.value - other.value, draws)


def estimates(
    above: Float[np.ndarray, "n m"],
    below: Float[np.ndarray, "n m"],
    group: Int[np.ndarray, " n"],
    rng: np.random.Generator,
) -> list[Estimate]:
    """m ratios of sums over pairs, all on the same `RESAMPLES` resamples of groups.

    A mean has 1 below the line, or 0 where a pair has no value.

    Args:
        above: what is summed above the line, one row a pair.
        below: below it, at least 0.
        group: of each pair.
        rng: what resamples.
    """
    of = np.unique(group, return_inverse=True)[1]
    count = int(of.max()) + 1
    sums = np.zeros((2, count, above.shape[1]))
    for index, values in enumerate((above, below)):
        np.add.at(sums[index], of, values)
    whole = _ratio(sums.sum(axis=1))
    if count < 2:
        return [Estimate(float(value), None) for value in whole]
    drawn = []
    for start in range(0, RESAMPLES, CHUNK):
        size = min(CHUNK, RESAMPLES - start)
        times = rng.multinomial(count, np.full(count, 1.0 / count), size=size).astype(float)
        drawn.append(_ratio(np.stack([times @ side for side in sums])))
    draws = np.concatenate(drawn)
    return [Estimate(float(value), draws[:, i]) for i, value in enumerate(whole)]


def _ratio(sums: Float[np.ndarray, "2 *rest"]) -> Float[np.ndarray, "*rest"]:
    above, below = sums
    return np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)
