"""A number that is exact, or estimated from independent draws."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.special import ndtri

_Z = float(ndtri(0.975))


@dataclass(frozen=True)
class Estimate:
    """A number, and how uncertain it is.

    Attributes:
        value: the number.
        standard_error: of its estimate; None where it is exact.
    """

    value: float
    standard_error: float | None = None

    @classmethod
    def of_mean(cls, draws: Float[np.ndarray, " n"]) -> Estimate:
        """The mean of a law from independent draws, at least two."""
        return cls(float(draws.mean()), float(draws.std(ddof=1)) / math.sqrt(len(draws)))

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval by the normal law; None where the value is exact."""
        if self.standard_error is None:
            return None
        reach = _Z * self.standard_error
        return self.value - reach, self.value + reach
