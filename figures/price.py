"""T10: the price of insensitivity against coverage and odds, exact points on predicted lines."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.results.record import Row, select
from experiments.vocabulary import metrics, roles
from experiments.vocabulary.operators import ADD, REPLACE, SWAP
from experiments.vocabulary.settings import BAG_OVER_PHRASES, EQUIPROBABLE, HALF_COVERED, ODDS
from figures.figure import FIGURES
from figures.style import COLOURS, axis_legend

PANELS = (
    (
        "two scenes in an orbit",
        "rho",
        (BAG_OVER_PHRASES, EQUIPROBABLE, SWAP),
    ),
    (r"$V$ scenes in an orbit", "rho", (ADD, REPLACE, SWAP)),
    (
        r"odds $\theta : 1 - \theta$ in every orbit",
        "theta",
        (ODDS, HALF_COVERED),
    ),
)
"""A title, what goes along x, and the settings, from above."""

MARKS = {
    BAG_OVER_PHRASES: ("bag of words, two-word objects", "blind", "D"),
    EQUIPROBABLE: (EQUIPROBABLE, "text", "s"),
    SWAP: (r"SWAP, $V = 2$", "SWAP", "o"),
    REPLACE: (r"REPLACE, $V = 3$", "REPLACE", "o"),
    ADD: (r"ADD, $V = 4$", "ADD", "o"),
    ODDS: (r"$\rho = 1$", "SWAP", "o"),
    HALF_COVERED: (r"$\rho = 1/2$", "SWAP", "s"),
}
"""How settings are called, coloured and marked."""

NAMES = {"rho": r"covered fraction of orbits $\rho$", "theta": r"odds $\theta$"}


def draw(rows: Sequence[Row]) -> Figure:
    """Points are exact; lines are formulas."""
    rows = select(rows, metric=metrics.PRICE)
    figure = Figure(figsize=(10.2, 4.0))
    axes = figure.subplots(1, len(PANELS), sharey=True)
    for axis, (title, x, settings) in zip(axes, PANELS, strict=True):
        for setting in settings:
            _curve(axis, select(rows, setting=setting), x, setting)
        axis.set(title=title, xlabel=NAMES[x], xlim=(-0.03, 1.03))
        axis.grid(color=COLOURS["grid"], linewidth=0.6)
        axis.set_axisbelow(True)
        axis_legend(
            axis,
            loc="upper center",
            bbox_to_anchor=(0.5, -0.2),
            frameon=False,
            fontsize=8,
            handlelength=2.4,
        )
    axes[0].set_ylabel("price $I(X; Y\\,|\\,Q)$ in nats")
    axes[0].set_ylim(bottom=-0.04)
    figure.tight_layout()
    return figure


def _curve(axis: Axes, rows: Sequence[Row], x: str, setting: str) -> None:
    predicted, exact = (select(rows, role=role) for role in (roles.PREDICTED, roles.EXACT))
    if not rows:
        return
    name, colour, marker = MARKS[setting]
    for of, look in ((predicted, "-"), (exact, marker)):
        axis.plot(
            [row.labels[x] for row in of],
            [row.value for row in of],
            look,
            color=COLOURS[colour],
            linewidth=1.2,
            markersize=4.5,
        )
    label = f"{name}: {rows[0].labels['formula']}"
    axis.plot([], [], marker=marker, markersize=4.5, color=COLOURS[colour], lw=1.2, label=label)


FIGURES.register("price", draw)
