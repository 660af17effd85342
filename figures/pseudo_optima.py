"""T6 to T9: loss over K of g*, g** and a worse encoder; insensitivity and hard negatives below."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.results.record import Row, select
from experiments.vocabulary import metrics
from experiments.vocabulary.encoders import PSEUDO, SECOND_WORD, TRUE
from figures.figure import FIGURES
from figures.style import COLOURS

ENCODERS = {
    TRUE: ("true optimum g*", "optimal", "o", 8.0),
    PSEUDO: ("blind optimum g**", "blind", "D", 4.0),
    SECOND_WORD: ("sees the second word alone", "chance", "s", 5.0),
}
"""How encoders are called, coloured and marked, and how large, so that equal ones both show."""

METRICS = {
    metrics.DELTA: r"insensitivity $\delta(T)$",
    metrics.HARD_NEGATIVE_SCORE: metrics.HARD_NEGATIVE_SCORE,
    metrics.TIES: "tie rate",
}

BLIND_SCORE = 0.5


def draw(rows: Sequence[Row]) -> Figure:
    """A column an operator: losses above, what hard negatives show below."""
    settings = list(dict.fromkeys(row.setting for row in rows))
    figure = Figure(figsize=(3.2 * len(settings) + 0.8, 4.9))
    losses, below = figure.subplots(
        2, len(settings), squeeze=False, sharex="row", sharey="row", height_ratios=(2, 1)
    )
    for setting, loss, scores in zip(settings, losses, below, strict=True):
        here = select(rows, setting=setting)
        loss.set_title(f"{setting} ({here[0].claim})")
        _losses(loss, here)
        _metrics(scores, here)
    widest = max(row.value for row in rows if row.metric in METRICS)
    below[0].set_xlim(-0.08, 1.05 * widest)
    losses[0].set_ylabel("least loss $L_K$ in nats")
    figure.legend(
        *losses[0].get_legend_handles_labels(),
        loc="lower center",
        ncols=len(ENCODERS),
        frameon=False,
        fontsize=8,
    )
    figure.tight_layout(rect=(0, 0.25 / figure.get_figheight(), 1, 1))
    return figure


def _losses(axis: Axes, rows: Sequence[Row]) -> None:
    for encoder, (name, colour, marker, size) in ENCODERS.items():
        of = select(rows, encoder=encoder, metric=metrics.LOSS)
        axis.plot(
            [row.labels["K"] for row in of],
            [row.value for row in of],
            marker,
            linestyle="-",
            color=COLOURS[colour],
            markersize=size,
            linewidth=1.2,
            label=name,
        )
    axis.set_xscale("log", base=2)
    axis.set_xlabel("pairs in a batch $K$")
    axis.grid(color=COLOURS["grid"], linewidth=0.6)
    axis.set_axisbelow(True)


def _metrics(axis: Axes, rows: Sequence[Row]) -> None:
    for at, metric in enumerate(METRICS):
        for encoder, (_, colour, marker, size) in ENCODERS.items():
            for row in select(rows, encoder=encoder, metric=metric):
                axis.plot(row.value, at, marker, color=COLOURS[colour], markersize=size)
    axis.axvline(BLIND_SCORE, color=COLOURS["chance"], linewidth=0.8, linestyle=":", zorder=0)
    axis.set_yticks(range(len(METRICS)), list(METRICS.values()))
    axis.set_ylim(len(METRICS) - 0.5, -0.5)
    axis.set_xlabel("ratio or rate")
    axis.grid(axis="x", color=COLOURS["grid"], linewidth=0.6)
    axis.set_axisbelow(True)


FIGURES.register("pseudo_optima", draw)
