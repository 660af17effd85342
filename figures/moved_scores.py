"""Scores of one run beside chance and beside the same encoders untrained, and its losses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

from figures.style import COLOURS, house_style


def draw_scores(scores: Mapping[str, tuple[float, float, float]]) -> Figure:
    """A line a score: trained, untrained, chance.

    Args:
        scores: by name, the score of the trained encoders, of untrained ones, and of chance (NaN
            where that says nothing).
    """
    with house_style():
        figure = Figure(figsize=(4.6, 0.36 * len(scores) + 0.8))
        axis = figure.subplots()
        at = np.arange(len(scores))
        trained, untrained, chance = np.array(list(scores.values())).T
        axis.hlines(at, untrained, trained, color=COLOURS["grid"], linewidth=2.5, zorder=1)
        axis.plot(chance, at, "|", color=COLOURS["reference"], markersize=14, label="chance")
        axis.plot(untrained, at, "o", mfc="white", color=COLOURS["chance"], label="untrained")
        axis.plot(trained, at, "o", color=COLOURS["text"], markersize=8, label="trained")
        axis.set_yticks(at, list(scores))
        axis.invert_yaxis()
        axis.set_xlim(-0.03, max(1.03, float(np.nanmax(trained)) + 0.05))
        axis.grid(axis="x", color=COLOURS["grid"], linewidth=0.6)
        axis.set_axisbelow(True)
        figure.legend(loc="outside upper left", ncols=3, frameon=False, fontsize=8)
        figure.set_layout_engine("constrained")
    return figure


def draw_losses(losses: Float[np.ndarray, " chunks"], steps: Sequence[int]) -> Figure:
    """The loss along training.

    Args:
        losses: the mean of each part, in nats.
        steps: at the end of each part.
    """
    with house_style():
        figure = Figure(figsize=(4.2, 2.2))
        axis = figure.subplots()
        axis.plot(steps, losses, "o-", color=COLOURS["text"], linewidth=1.6, markersize=4)
        axis.set(xlabel="training steps", ylabel="loss in nats")
        axis.set_ylim(bottom=0.0)
        axis.grid(color=COLOURS["grid"], linewidth=0.6)
        figure.tight_layout()
    return figure
