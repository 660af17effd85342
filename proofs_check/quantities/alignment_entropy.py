"""L_AE of an encoder that reads style, by quadrature: one content coordinate, one of style."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from jaxtyping import Float
from scipy.special import ndtr, rel_entr

from scm.arguments import require_number

LIMIT, STEP = 12.0, 0.1
"""The trapezoidal rule's grid. Beyond the limit a standard normal has 1e-32 of its mass; inside,
the rule's error exp(-2 pi^2 s^2 / step^2) is below 1e-16 for a normal of standard deviation
s >= 0.14."""

MAX_CORRELATION = 0.99
"""Given style of this correlation, content has the standard deviation 0.14."""


def style_reading_loss(
    correlation: float,
    shift: Callable[[Float[np.ndarray, " w"]], Float[np.ndarray, " w"]],
) -> float:
    r"""L_AE of ``f = Phi(e + shift(w))`` and ``g = Phi(e)``, in nats.

    e is the standard normal behind content and w the standardised style, which content may cause:
    they are normal with a correlation. Without shift, f is the Darmois optimum; with one, it is a
    smooth map into (0, 1) that reads style. The entropy of f follows from the density q of
    ``e + shift(w)`` by change of variables, and that of g is 0:

    .. math:: E\,(f - g)^2 - \tfrac12 H(f), \qquad H(f) = -\int q \log \frac{q}{\varphi}

    Args:
        correlation: of e and w, at most `MAX_CORRELATION` in size.
        shift: a function of w that is smooth over some tenths.

    Raises:
        ArgumentError: if the correlation is out of range.

    Source: THEORY.md, L_AE; [wang2020], [vonkugelgen2021].
    """
    require_number("correlation", correlation, -MAX_CORRELATION, MAX_CORRELATION)
    grid = np.arange(-LIMIT, LIMIT + STEP / 2, STEP)
    normal = _density(grid)
    shifts = shift(grid)
    spread = (1 - correlation**2) ** 0.5
    # Rows are values of e or of e + shift(w), columns values of w.
    given_style = (grid[:, None] - correlation * grid[None, :]) / spread
    joint = _density(given_style) / spread * normal[None, :]
    moved = ndtr(grid[:, None] + shifts[None, :]) - ndtr(grid)[:, None]
    alignment = np.sum(joint * moved**2) * STEP**2
    shifted = _density(given_style - shifts[None, :] / spread) / spread
    density = shifted @ normal * STEP
    return float(alignment + 0.5 * np.sum(rel_entr(density, normal)) * STEP)


def _density(x: np.ndarray) -> np.ndarray:
    """The density of the standard normal."""
    return np.exp(-(x**2) / 2) / (2 * np.pi) ** 0.5
