"""T10: the price that trained encoders pay, beside the price that they must."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments.results.record import Row, by_setting, select, values
from experiments.results.statistics import mean
from experiments.vocabulary import metrics, roles
from experiments.vocabulary.encoders import AWARE
from experiments.vocabulary.images import PIXELS, VECTORS
from experiments.vocabulary.operators import ADD, REPLACE, SWAP
from experiments.vocabulary.tolerances import LOSS_TOLERANCE
from figures.figure import FIGURES
from figures.intervals import bar
from figures.style import COLOURS, axis_legend

OPERATORS = {ADD: 4, REPLACE: 3, SWAP: 2}
"""Scenes in an orbit, from the dearest."""


def draw(rows: Sequence[Row]) -> Figure | None:
    """The price by coverage and by odds, and how far each loss is from its optimum."""
    rows = [row for row in rows if "steps" not in row.labels]
    if not rows:
        return None
    figure = Figure(figsize=(10.2, 3.9))
    by_coverage, by_odds, losses = figure.subplots(1, 3, width_ratios=(1.25, 1, 1.25))
    for operator in OPERATORS:
        _coverage(by_coverage, select(rows, operator=operator, theta=0.5), operator)
    axis_legend(by_coverage, frameon=False, fontsize=8, loc="upper left")
    _odds(by_odds, select(rows, operator=SWAP, rho=1.0, images=VECTORS))
    _excess(losses, rows)
    for axis in (by_coverage, by_odds, losses):
        axis.grid(color=COLOURS["grid"], linewidth=0.6)
        axis.set_axisbelow(True)
    figure.legend(handles=_handles(), loc="lower center", ncols=4, frameon=False, fontsize=8)
    figure.tight_layout(rect=(0, 0.25 / figure.get_figheight(), 1, 1))
    return figure


def _points(rows: Sequence[Row], label: str) -> list[tuple[float, float, list[float]]]:
    """Where each point stands along a label, with its predicted price and what was paid."""
    found = []
    for at in sorted({row.labels[label] for row in rows}):
        here = select(rows, **{label: at})
        paid = select(here, metric=metrics.PRICE_PAID)
        for blind in dict.fromkeys(row.labels["encoder"] for row in paid):
            x = mean(here, metric=metrics.REALISED_COVERAGE) if label == "rho" else at
            price = mean(here, metric=metrics.PRICE, role=roles.PREDICTED, encoder=blind)
            found.append((x, price, values(paid, encoder=blind)))
    return found


def _coverage(axis: Axes, rows: Sequence[Row], operator: str) -> None:
    colour = COLOURS[operator]
    for images, marker in ((VECTORS, "o"), (PIXELS, "D")):
        points = _points(select(rows, images=images), "rho")
        if images == VECTORS and points:
            axis.plot(*zip(*[(x, price) for x, price, _ in points], strict=True), color=colour)
            name = rf"{operator}, {OPERATORS[operator]} scenes an orbit"
            axis.plot([], [], "o-", color=colour, label=name, markersize=4.5)
        for x, _, paid in points:
            _measured(axis, x, paid, colour, marker)
    axis.set(
        title="price by coverage",
        xlabel=r"covered fraction of orbits $\rho$",
        ylabel="loss above that of the aware encoder, nats",
    )


def _odds(axis: Axes, rows: Sequence[Row]) -> None:
    colour = COLOURS[SWAP]
    points = _points(rows, "theta")
    if points:
        axis.plot(*zip(*[(x, price) for x, price, _ in points], strict=True), color=colour)
    for x, _, paid in points:
        _measured(axis, x, paid, colour, "o")
    axis.set(
        title=r"SWAP, $\rho = 1$, by odds", xlabel=r"odds $\theta : 1 - \theta$", ylim=(0, 0.7)
    )


def _excess(axis: Axes, rows: Sequence[Row]) -> None:
    axis.axhspan(-LOSS_TOLERANCE, LOSS_TOLERANCE, color=COLOURS["grid"], zorder=0)
    axis.axhline(0.0, color=COLOURS["reference"], linewidth=0.8)
    for here in by_setting(rows).values():
        optimum = select(here, metric=metrics.HELD_OUT_LOSS, role=roles.PREDICTED)
        excess = values(here, metric=metrics.EXCESS_LOSS)
        side = "optimal" if here[0].labels["encoder"] == AWARE else "blind"
        marker = "D" if here[0].labels["images"] == PIXELS else "o"
        _measured(axis, optimum[0].value, excess, COLOURS[side], marker)
    axis.set(
        title="each loss, above its own optimum",
        xlabel="least $L_{64}$ of what the encoder sees, nats",
        ylabel="nats",
        ylim=(-2 * LOSS_TOLERANCE, 2 * LOSS_TOLERANCE),
    )


def _measured(axis: Axes, x: float, found: Sequence[float], colour: str, marker: str) -> None:
    height = bar(axis, x, found, color=colour, linewidth=1.2, alpha=0.6)
    axis.plot(x, height, marker, color=colour, markersize=4.5)


def _handles() -> list[Line2D]:
    def handle(**look: Any) -> Line2D:
        return Line2D([], [], **{"linestyle": "", "color": COLOURS["reference"], **look})

    return [
        handle(linestyle="-", label="predicted at $K = 64$"),
        handle(marker="D", label=PIXELS),
        handle(marker="o", color=COLOURS["optimal"], label="reads everything"),
        handle(marker="o", color=COLOURS["blind"], label="blind to the operator"),
    ]


FIGURES.register("trained_price", draw)
