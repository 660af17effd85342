"""T10 as a user moves through it: the theory's curves, and the exact price of one world on them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.style import COLOURS, house_style

STEPS = 101
"""Points of a curve."""

NARROWEST = 0.005
"""Odds at which the curve of odds begins; it is symmetric."""


def draw_moved_price(
    formula: Callable[[float, float], float], rho: float, theta: float | None, price: float
) -> Figure:
    """The price against coverage, and against odds where there are any.

    Args:
        formula: the predicted price of rho and theta, in nats.
        rho: coverage of the world.
        theta: its odds; None where an orbit has three scenes or more.
        price: its exact price, in nats.
    """
    along = np.linspace(0.0, 1.0, STEPS)
    of_rho = np.array([formula(x, 0.5 if theta is None else theta) for x in along])
    panels = [("covered fraction of orbits ρ", rho, along, of_rho)]
    if theta is not None:
        odds = np.linspace(NARROWEST, 1.0 - NARROWEST, STEPS)
        panels.append(("odds θ", theta, odds, np.array([formula(rho, x) for x in odds])))
    with house_style():
        figure = Figure(figsize=(3.5 * len(panels) + 0.3, 2.7))
        axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
        for axis, (name, at, x, curve) in zip(axes, panels, strict=True):
            _panel(axis, name, (x, curve), (at, price))
        axes[0].set_ylabel("price in nats")
        top = formula(1.0, 0.5)
        axes[0].set_ylim(-0.06 * top, 1.08 * top)
        axes[0].legend(frameon=False, fontsize=8, loc="upper left")
        figure.tight_layout()
    return figure


def _panel(
    axis: Axes, name: str, curve: tuple[np.ndarray, np.ndarray], here: tuple[float, float]
) -> None:
    axis.plot(*curve, color=COLOURS["SWAP"], linewidth=1.6, label="theory")
    axis.plot(*here, "o", color=COLOURS["blind"], markersize=9, zorder=3, label="this world, exact")
    axis.set(xlabel=name, xlim=(-0.03, 1.03))
    axis.grid(color=COLOURS["grid"], linewidth=0.6)
    axis.set_axisbelow(True)
