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
from experiments.vocabulary.negatives import ALL, DRAWN, NONE, NOVEL, OWN_ONLY, SHARED
from experiments.vocabulary.operators import ATOMIC, SWAP
from experiments.vocabulary.parts import SURCHARGE, TRANSFER, WORDS
from figures.figure import FIGURES
from figures.intervals import bar
from figures.style import COLOURS, axis_legend

TRAINED = (NONE, *ATOMIC, ALL)

MATRICES = (
    (metrics.TEXT_SCORE, DRAWN, "text score,\ndrawn negatives"),
    (metrics.FAMILIAR_IMAGE, NOVEL, "familiar half,\nnegatives never drawn"),
    (metrics.NOVEL_IMAGE, NOVEL, "novel half,\nnegatives never drawn"),
    (metrics.GROUP_SCORE, ALL, "group score,\nall negatives"),
)
"""What has a matrix, of those that gain: the score, of which hard negatives, and its title."""

REGIME = ("world", "set_size", "batch")
"""Labels of all that is trained on one set in batches of one size."""

_USUAL = {"seen": OWN_ONLY, "depth": 1, "count": 1}
_WITHOUT = {"family": NONE}

VARIANTS = (
    ("SWAP\nown", {**_USUAL, "family": SWAP}),
    ("SWAP\nshared", {**_USUAL, "family": SWAP, "seen": SHARED}),
    ("all\nown\nM = 1", {**_USUAL, "family": ALL}),
    ("all\nown\nM = 3", {**_USUAL, "family": ALL, "count": 3}),
    ("all\nshared\nM = 1", {**_USUAL, "family": ALL, "seen": SHARED}),
    ("all\nshared\nM = 3", {**_USUAL, "family": ALL, "seen": SHARED, "count": 3}),
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

DARK = 0.8
"""Scores above are written in white."""

SHADES = LinearSegmentedColormap.from_list("scores", ("#ffffff", COLOURS["image"]))


def draw(rows: Sequence[Row]) -> Figure | None:
    """A line of matrices for each set and batch size; depths, surcharges and variants below."""
    hard = select(rows, part=TRANSFER, images=VECTORS)
    if not hard:
        return None
    gained = gains_of_training(rows)
    regimes = sorted({tuple(row.labels[name] for name in REGIME) for row in hard})
    families = [_families(_of(hard, regime)) for regime in regimes]
    heights = [1.15 + 0.45 * len(names) for names in families]
    figure = Figure(figsize=(11.0, sum(heights) + 3.4), layout="constrained")
    lines: list[SubFigure] = list(
        figure.subfigures(len(regimes) + 1, 1, squeeze=False, height_ratios=[*heights, 3.2]).flat
    )
    counts = {gain.comparisons for gain in gained.values()}
    bold = "".join(
        f"; bold: a gain or a loss, corrected for {count} comparisons" for count in counts
    )
    figure.suptitle(f"Below each score what hard negatives gain{bold}", fontsize=10)
    last = lines.pop()
    for line, regime, names in zip(lines, regimes, families, strict=True):
        here = _of(hard, regime)
        line.suptitle(_title(regime, select(here, family=NONE)), fontsize=10)
        axes = list(line.subplots(1, len(MATRICES)))
        for axis, (metric, negative, title) in zip(axes, MATRICES, strict=True):
            _matrix(axis, select(here, metric=metric, negative=negative), names, gained)
            axis.set_title(title, fontsize=9)
        for axis in axes[1:]:
            axis.set_yticklabels([])
        axes[0].set_ylabel("hard negatives\nin training")
    depths, surcharges, variants = last.subplots(1, 3)
    # Depths and variants are asked about where a batch is large; of its sets the smallest is shown.
    deep = [regime for regime in regimes if select(_of(hard, regime), tested=WORDS)]
    here = _of(hard, deep[0]) if deep else []
    where = _name(deep[0]) if deep else ""
    _depths(depths, select(here, metric=metrics.TEXT_SCORE, role=roles.MEASURED, negative=ALL))
    depths.set_title(f"words over all operators,\n{where}", fontsize=9)
    _surcharges(surcharges, select(rows, part=SURCHARGE))
    _variants(variants, here)
    variants.set_title(f"ways to show hard negatives,\n{where}", fontsize=9)
    return figure


def _of(rows: Sequence[Row], regime: tuple[Any, ...]) -> list[Row]:
    return select(rows, **dict(zip(REGIME, regime, strict=True)))


def _families(rows: Sequence[Row]) -> list[str]:
    found = {row.labels["family"] for row in rows}
    return [family for family in TRAINED if family in found]


def _name(regime: tuple[Any, ...]) -> str:
    world, size, batch = regime
    return f"{size:,} pairs of {world}, K = {batch}"


def _title(regime: tuple[Any, ...], without: Sequence[Row]) -> str:
    """The regime, what training without hard negatives leaves, and what blindness would cost."""
    left = values(without, metric=metrics.EXCESS_LOSS, role=roles.MEASURED)
    costs = select(without, metric=metrics.COST_OF_BLINDNESS)
    said = [
        # Rounding may leave a cost of 0 a little below it.
        f"{max(np.mean(values(costs, tested=tested)), 0.0):.2f} ({tested})"
        for tested in ATOMIC
        if select(costs, tested=tested)
    ]
    title = _name(regime)
    if left:
        title += f": training without leaves {np.mean(left):.2f} nats"
    if said:
        title += f", blindness would cost {', '.join(said)}"
    return title


def _matrix(
    axis: Axes,
    rows: Sequence[Row],
    families: Sequence[str],
    gained: Mapping[tuple[Any, ...], Gain],
) -> None:
    """Scores by operators trained on and tested on, each with its gain over no hard negatives."""
    scores = np.full((len(families), len(ATOMIC)), np.nan)
    for i, family in enumerate(families):
        labels = _WITHOUT if family == NONE else {**_USUAL, "family": family}
        for j, tested in enumerate(ATOMIC):
            cell = select(rows, role=roles.MEASURED, tested=tested, **labels)
            if not cell:
                continue
            scores[i, j], interval = mean_and_interval(values(cell))
            half = f" ± {(interval[1] - interval[0]) / 2:.2f}" if interval else ""
            colour = "white" if scores[i, j] > DARK else "black"
            text: dict[str, Any] = {"ha": "center", "va": "center", "color": colour}
            raised = 0.0 if family == NONE else 0.17
            axis.text(j, i - raised, f"{scores[i, j]:.2f}{half}", fontsize=7.5, **text)
            if family != NONE:
                one = cell[0]
                gain = gained.get(
                    (one.setting, metrics.gain(one.metric), tested, one.labels["negative"])
                )
                if gain is not None:
                    weight = "normal" if gain.is_open else "bold"
                    axis.text(j, i + 0.22, f"{gain.mean:+.3f}", fontsize=7, weight=weight, **text)
    for j in np.flatnonzero(np.isnan(scores).all(axis=0)):
        axis.text(
            float(j), 0.5 * (len(families) - 1), "there are\nnone", ha="center", va="center", size=7
        )
    axis.imshow(scores, cmap=SHADES, vmin=0.2, vmax=1.0, aspect="auto")
    axis.set_xticks(range(len(ATOMIC)), ATOMIC)
    axis.set_yticks(range(len(families)), families)
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
    axis.set_title("surcharges,\nsmall world of SWAP, fresh draws", fontsize=9)
    axis.legend(frameon=False, fontsize=8, loc="lower right")
    _grid(axis, "x")


def _variants(axis: Axes, rows: Sequence[Row]) -> None:
    """Gains over no hard negatives, by how training shows them."""
    rows = select(rows, metric=metrics.gain(metrics.TEXT_SCORE), negative=ALL)
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
    axis_legend(axis, frameon=False, fontsize=8, loc="lower left")
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
