"""Comparisons: a prediction beside a measurement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Relation = Literal[">=", "<=", "~=", ">"]


@dataclass(frozen=True)
class Comparison:
    """How a number should stand to its prediction.

    Attributes:
        metric: what was measured.
        relation: how measured should stand to predicted; ``>`` is strict.
        predicted: the prediction.
        measured: the measurement.
        tolerance: slack of the relation, at least 0.
        identity: whether it holds of any encoder whatever its weights, or by construction; it
            tests the code then, and is no evidence for a theorem.
        chosen: whether the tolerance, or a bound that is predicted, was chosen rather than
            derived from what the number's error can be.
    """

    metric: str
    relation: Relation
    predicted: float
    measured: float
    tolerance: float = 0.0
    identity: bool = False
    chosen: bool = False

    @property
    def holds(self) -> bool:
        """Whether the relation holds within the tolerance; never with a NaN."""
        if self.relation == ">=":
            return self.measured >= self.predicted - self.tolerance
        if self.relation == "<=":
            return self.measured <= self.predicted + self.tolerance
        if self.relation == ">":
            return self.measured > self.predicted + self.tolerance
        return abs(self.measured - self.predicted) <= self.tolerance

    @property
    def slack(self) -> float:
        """How far the measurement may move before the relation breaks; below 0 where it is broken.

        In units of the metric; NaN of a NaN.
        """
        if self.relation == ">=":
            return self.measured - (self.predicted - self.tolerance)
        if self.relation == "<=":
            return self.predicted + self.tolerance - self.measured
        if self.relation == ">":
            return self.measured - (self.predicted + self.tolerance)
        return self.tolerance - abs(self.measured - self.predicted)
