"""T13, T12: what hard negatives in training teach, and what blindness to them costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure, SubFigure

from experiments.results.gains import Gain, gains_of_training
from experiments.results.record import Row, select, values
from experiments.results.statistics import mean_and_interval
from experiments.vocabulary import metrics, roles
from experiments.vocabulary.encoders import AWARE, SORTED_PHRASES
from experiments.vocabulary.images import VECTORS
from experiments.vocabulary.negatives import ALL, NONE, OWN_ONLY, SHARED
from experiments.vocabulary.operators import ATOMIC, SWAP
from experiments.vocabulary.parts import SURCHARGE, TRANSFER, WORDS
from figures.figure import FIGURES
from figures.intervals import bar
from figures.style import COLOURS, axis_legend

TRAINED = (NONE, *ATOMIC, ALL)

MATRICES = (
    (metrics.TEXT_SCORE, metrics.TEXT_SCORE),
    (metrics.NOVEL_IMAGE, "novel image prefers its caption"),
)
"""The metrics that have a matrix, and their titles."""

_USUAL = {"seen": OWN_ONLY, "depth": 1, "count": 1}
_WITHOUT = {"family": NONE}

VARIANTS = (
    ("SWAP\nown", {**_USUAL, "family": SWAP}),
    ("SWAP\nshared", {**_USUAL, "family": SWAP, "seen": SHARED}),
    ("all, own\nM = 1", {**_USUAL, "family": ALL}),
    ("all, own\nM = 3", {**_USUAL, "family": ALL, "count": 3}),
    ("all, shared\nM = 1", {**_USUAL, "family": ALL, "seen": SHARED}),
    ("all, shared\nM = 3", {**_USUAL, "family": ALL, "seen": SHARED, "count": 3}),
)
"""Ways to train with hard negatives: a name and the labels."""

DEPTHS = (
    ("none", _WITHOUT, "chance"),
    *(
        (f"depth ≤ {depth}", {**_USUAL, "family": ALL, "depth": depth}, colour)
        for depth, colour in ((1, "image"), (2, "text"), (3, "SWAP"))
    ),
)
"""Depths of training: a name, the labels and a colour."""

_BLIND = {"encoder": SORTED_PHRASES, "rho": 0.0, "seen": NONE}
_AWARE = {"encoder": AWARE, "seen": SHARED}

SURCHARGES = (
    ("blind, shared, M = 3", {**_BLIND, "negatives": SHARED, "M": 3}, "blind"),
    ("blind, shared, M = 1", {**_BLIND, "negatives": SHARED, "M": 1}, "blind"),
    ("blind, own, M = 3", {**_BLIND, "negatives": OWN_ONLY, "M": 3}, "blind"),
    ("blind, own, M = 1", {**_BLIND, "negatives": OWN_ONLY, "M": 1}, "blind"),
    (r"aware, shared, M = 1, $\rho$ = 1", {**_AWARE, "negatives": SHARED, "M": 1, "rho": 1.0}),
    (r"aware, shared, M = 1, $\rho$ = 0", {**_AWARE, "negatives": SHARED, "M": 1, "rho": 0.0}),
)
"""Surcharges from above: a name and the labels."""

SHADES = LinearSegmentedColormap.from_list("scores", ("#ffffff", COLOURS["image"]))


def draw(rows: Sequence[Row]) -> Figure | None:
    """Two matrices and the depths for each size of the training set; surcharges and variants."""
    hard = select(rows, part=TRANSFER, images=VECTORS)
    if not hard:
        return None
    gained = gains_of_training(rows)
    counts = {gain.comparisons for gain in gained.values()}
    corrected = "".join(f"; gains corrected for {count} comparisons" for count in counts)
    sizes = sorted({int(row.labels["set_size"]) for row in hard})
    figure = Figure(figsize=(10.6, 3.4 * (len(sizes) + 1)), layout="constrained")
    lines: list[SubFigure] = list(figure.subfigures(len(sizes) + 1, 1, squeeze=False).flat)
    last = lines.pop()
    for line, size in zip(lines, sizes, strict=True):
        here = select(hard, set_size=size)
        line.suptitle(f"fixed set of {size:,} pairs{corrected}", fontsize=11)
        *matrices, depths = line.subplots(1, len(MATRICES) + 1)
        for axis, (metric, title) in zip(matrices, MATRICES, strict=True):
            _matrix(axis, select(here, metric=metric), gained)
            axis.set_title(title, fontsize=9.5)
        matrices[0].set_ylabel("hard negatives in training")
        _depths(depths, select(here, metric=metrics.TEXT_SCORE, role=roles.MEASURED))
        depths.set_title("text score, words over all operators", fontsize=9.5)
    surcharges, variants = last.subplots(1, 2)
    _surcharges(surcharges, select(rows, part=SURCHARGE))
    _variants(variants, select(hard, set_size=sizes[0]))
    variants.set_title(f"fixed set of {sizes[0]:,} pairs", fontsize=9.5)
    return figure


def _matrix(axis: Axes, rows: Sequence[Row], gained: Mapping[tuple[Any, ...], Gain]) -> None:
    """Scores by operators trained on and tested on, each with its gain over no hard negatives."""
    scores = np.full((len(TRAINED), len(ATOMIC)), np.nan)
    for i, family in enumerate(TRAINED):
        labels = _WITHOUT if family == NONE else {**_USUAL, "family": family}
        for j, tested in enumerate(ATOMIC):
            cell = select(rows, role=roles.MEASURED, tested=tested, **labels)
            if not cell:
                continue
            scores[i, j], interval = mean_and_interval(values(cell))
            half = f" ± {(interval[1] - interval[0]) / 2:.2f}" if interval else ""
            colour = "white" if scores[i, j] > 0.88 else "black"
            text: dict[str, Any] = {"ha": "center", "va": "center", "color": colour}
            raised = 0.0 if family == NONE else 0.17
            axis.text(j, i - raised, f"{scores[i, j]:.2f}{half}", fontsize=8, **text)
            if family != NONE:
                gain = gained[cell[0].setting, metrics.gain(cell[0].metric), tested]
                weight = "normal" if gain.is_open else "bold"
                said = f"{gain.mean:+.3f}" + (" (open)" if gain.is_open else "")
                axis.text(j, i + 0.22, said, fontsize=7, fontweight=weight, **text)
    axis.imshow(scores, cmap=SHADES, vmin=0.4, vmax=1.0, aspect="auto")
    axis.set_xticks(range(len(ATOMIC)), ATOMIC)
    axis.set_yticks(range(len(TRAINED)), TRAINED)
    axis.tick_params(length=0)
    axis.set_xlabel("tested on")


def _depths(axis: Axes, rows: Sequence[Row]) -> None:
    rows = select(rows, tested=WORDS)
    tested = sorted({row.labels["tested_depth"] for row in rows})
    for line, (name, labels, colour) in enumerate(DEPTHS):
        here = select(rows, **labels)
        for place, depth in enumerate(tested):
            scores = values(here, tested_depth=depth)
            label = name if place == 0 else None
            if scores:
                at = place + 0.12 * (line - 1.5)
                _point(axis, scores, at, colour, label=label)
    axis.set_xticks(range(len(tested)), tested)
    axis.set(xlabel="depth of the tested hard negative", ylabel=metrics.TEXT_SCORE)
    # Room for the legend above all points.
    low, high = axis.get_ylim()
    axis.set_ylim(low, high + 0.4 * (high - low))
    axis_legend(axis, title="trained on", fontsize=7, title_fontsize=7, frameon=False, ncols=2)
    _grid(axis, "y")


def _surcharges(axis: Axes, rows: Sequence[Row]) -> None:
    for line, (_, labels, *rest) in enumerate(SURCHARGES):
        here = select(rows, metric=metrics.SURCHARGE, **labels)
        measured, predicted = (
            values(here, role=role) for role in (roles.MEASURED, roles.PREDICTED)
        )
        if measured:
            _point(axis, measured, float(line), rest[0] if rest else "optimal", across=True)
        if predicted:
            axis.plot(
                np.mean(predicted), line, "|", color=COLOURS["reference"], markersize=14, mew=1.6
            )
    axis.plot([], [], "|", color=COLOURS["reference"], markersize=9, mew=1.6, label="predicted")
    axis.plot([], [], "o", color=COLOURS["reference"], markersize=4.5, label="measured")
    axis.set_yticks(range(len(SURCHARGES)), [name for name, *_ in SURCHARGES])
    axis.set_ylim(len(SURCHARGES) - 0.5, -0.5)
    axis.set(xlabel="surcharge in nats", xlim=(-0.03, 0.8))
    axis.set_title("small world of SWAP, fresh draws", fontsize=9.5)
    axis.legend(frameon=False, fontsize=8, loc="lower right")
    _grid(axis, "x")


def _variants(axis: Axes, rows: Sequence[Row]) -> None:
    """Gains over no hard negatives, by how training shows them."""
    rows = select(rows, metric=metrics.gain(metrics.TEXT_SCORE))
    shown = [(name, labels) for name, labels in VARIANTS if select(rows, **labels)]
    for line, tested in enumerate(ATOMIC):
        for place, (_, labels) in enumerate(shown):
            gains = values(rows, tested=tested, **labels)
            label = f"on {tested}" if place == 0 else None
            if gains:
                _point(axis, gains, place + 0.16 * (line - 1), tested, label=label)
    axis.axhline(0.0, color=COLOURS["reference"], linewidth=0.8)
    axis.set_xticks(range(len(shown)), [name for name, _ in shown], fontsize=7)
    axis.set_ylabel("gain in text score")
    axis_legend(axis, frameon=False, fontsize=8)
    _grid(axis, "y")


def _point(
    axis: Axes,
    values: Sequence[float],
    at: float,
    colour: str,
    *,
    label: str | None = None,
    across: bool = False,
) -> None:
    """The mean over seeds and its 95 % interval, upwards or across."""
    look: dict[str, Any] = {"color": COLOURS[colour], "linewidth": 1.4}
    middle = bar(axis, at, values, across=across, **look)
    dot = ([middle], [at]) if across else ([at], [middle])
    axis.plot(*dot, "o", markersize=4.5, label=label, **look)


def _grid(axis: Axes, along: Any) -> None:
    axis.grid(axis=along, color=COLOURS["grid"], linewidth=0.6)
    axis.set_axisbelow(True)


FIGURES.register("hard_negatives", draw)
