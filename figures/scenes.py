"""T5, finite: accuracy of every concept of a scene, and R^2 of nuisances, the control below."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from experiments.results.record import Row, select
from experiments.vocabulary import metrics
from experiments.vocabulary.encoders import IMAGE, TEXT
from figures.figure import FIGURES
from figures.points import legend, lines, point

CONCEPTS = {
    "object 0 noun": "first noun",
    "object 1 noun": "second noun",
    "object 0 attribute 0": "first colour",
    "object 1 attribute 0": "second colour",
    "relation": "relation",
}

NUISANCES = {
    "embedding → style": {IMAGE: (IMAGE, "z_dp_img")},
    "embedding → private": {IMAGE: (IMAGE, "z_pr_img")},
    "embedding → choice of words": {TEXT: (TEXT, "z_dp_txt")},
    "scene → embedding": {IMAGE: ("z_inv", IMAGE), TEXT: ("z_inv", TEXT)},
}

TITLES = {"claim": "Assumption 4", "control": "control (text must fail)"}


def draw(rows: Sequence[Row]) -> Figure:
    """What the scene study measured, a row of panels a setting."""
    rows = select(rows, probe="kernel")
    kinds = {row.setting: row.labels["kind"] for row in rows}
    settings = sorted(kinds, key=lambda setting: list(TITLES).index(kinds[setting]))
    figure = Figure(figsize=(9.5, 2.1 * len(settings) + 0.9))
    axes = figure.subplots(len(settings), 2, squeeze=False)
    for (left, right), setting in zip(axes, settings, strict=True):
        accuracies, r2, above = (
            select(rows, setting=setting, metric=name)
            for name in (metrics.ACCURACY, metrics.R2, metrics.R2_ABOVE_CEILING)
        )
        for index, concept in enumerate(CONCEPTS):
            for side in (IMAGE, TEXT):
                point(left, accuracies, float(index), side, (side, concept))
        for index, pairs in enumerate(NUISANCES.values()):
            for side, pair in pairs.items():
                point(right, r2, float(index), side, pair, above=above)
        lines(left, list(CONCEPTS.values()))
        lines(right, list(NUISANCES))
        left.set_title(f"{setting}: concepts")
        right.set_title(f"{setting}: nuisances, and back")
        left.set_ylabel(TITLES[kinds[setting]])
    axes[-1, 0].set_xlabel("accuracy on fresh samples")
    axes[-1, 1].set_xlabel("R² on fresh samples")
    legend(figure)
    return figure


FIGURES.register("scenes", draw)
