"""T10 as a user moves through it: the theory's curve, and the exact price of one world on it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.figure import Figure

from figures.style import COLOURS, house_style

ALONG = np.linspace(0.0, 1.0, 201)
"""Where a curve is drawn."""


def draw_moved_price(
    name: str, formula: Callable[[float], float], here: tuple[float, float], top: float
) -> Figure:
    """The price along a setting in [0, 1].

    Args:
        name: of the setting.
        formula: the predicted price at each of its values, in nats.
        here: the world's value, and its exact price.
        top: the largest price that the axis shows.
    """
    with house_style():
        figure = Figure(figsize=(3.9, 2.7))
        axis = figure.subplots()
        curve = [formula(float(at)) for at in ALONG]
        axis.plot(ALONG, curve, color=COLOURS["SWAP"], linewidth=1.6, label="theory")
        axis.plot(*here, "o", color=COLOURS["blind"], markersize=9, label="this world, exact")
        axis.set(xlabel=name, ylabel="price in nats")
        axis.set(xlim=(-0.03, 1.03), ylim=(-0.06 * top, 1.3 * top))
        axis.grid(color=COLOURS["grid"], linewidth=0.6)
        axis.set_axisbelow(True)
        axis.legend(frameon=False, fontsize=8, loc="upper left", ncols=2)
        # Where a layout would put it, which would take as long as all else.
        figure.subplots_adjust(0.16, 0.19, 0.98, 0.97)
    return figure
