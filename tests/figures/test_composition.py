"""The figure of composition shows the means of its study's rows, one curve an encoder."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.results.record import Row
from figures import FIGURES
from tests.figures.lines import points as lone_points
from tests.figures.lines import same_lines, xy

VALUES = {
    "held-out loss": (1.5, 1.6),
    "retrieval": (0.9, 1.0),
    "text score": (0.6, 0.8),
    "familiar image": (0.8, 0.9),
    "novel image": (0.5, 0.6),
    "group score": (0.2, 0.4),
    "cos(df, dg)": (0.1, 0.3),
    "delta": (0.3, 0.5),
}
NEGATIVES = {
    "text score": "drawn",
    "familiar image": "novel",
    "novel image": "novel",
    "group score": "novel",
    "cos(df, dg)": "all",
    "delta": "all",
}
"""Which hard negatives are drawn of each metric, from above."""
OTHERS = {metric: "all" if kind != "all" else "novel" for metric, kind in NEGATIVES.items()}
MARKERS = {"transformer": "o", "sorted phrases": "v"}


def rows_of(encoder, rho, shift=0.0, role="measured", images="vectors", negatives=NEGATIVES):
    labels = {"operator": "SWAP", "encoder": encoder, "rho": rho, "images": images, "role": role}
    return [
        Row(
            "composition",
            "T7",
            f"{encoder}, {rho}",
            seed,
            metric,
            value - shift,
            labels | ({"negatives": negatives[metric]} if metric in negatives else {}),
        )
        for metric, values in VALUES.items()
        for seed, value in enumerate(values)
    ]


@pytest.fixture
def rows():
    return [
        *rows_of("transformer", 0.0, 0.1),
        *rows_of("transformer", 1.0, 0.0),
        *rows_of("sorted phrases", 0.0, 0.2),
        *rows_of("transformer", 1.0, 0.05, images="pixels"),
    ]


def points(axis, marker, *, filled=True):
    (line,) = [
        line
        for line in axis.lines
        if line.get_marker() == marker and (line.get_markerfacecolor() != "none") == filled
    ]
    return xy(line).T


def test_points_are_means_over_seeds(rows):
    figure = FIGURES["composition"](rows)
    assert figure is not None
    assert len(figure.axes) == len(VALUES)
    assert figure.axes[0].get_title() == "SWAP"
    for axis, values in zip(figure.axes, VALUES.values(), strict=True):
        mean = np.mean(values)
        x, y = points(axis, MARKERS["transformer"])
        np.testing.assert_allclose(y, [mean - 0.1, mean])
        assert np.abs(x - [0.0, 1.0]).max() < 0.1
        np.testing.assert_allclose(
            points(axis, MARKERS["sorted phrases"])[1], [mean - 0.2], atol=1e-12
        )
        _, of_pixels = points(axis, MARKERS["transformer"], filled=False)
        np.testing.assert_allclose(of_pixels, [mean - 0.05])


def test_predictions_stand_beside_measurements(rows):
    predicted = [
        Row("composition", "T7", "a", seed, "retrieval", value, labels)
        for labels in [{**rows_of("sorted phrases", 0.0, role="predicted")[0].labels}]
        for seed, value in enumerate((0.6, 0.7))
    ]
    figure = FIGURES["composition"](rows + predicted)
    assert figure is not None
    _, retrieval, *scores = figure.axes
    ((x, y),) = lone_points(retrieval, "_")
    assert y == pytest.approx(0.65)
    assert x == points(retrieval, MARKERS["sorted phrases"])[0][0]
    for axis, height in zip(scores, (0.5, 0.5, 0.5, 0.0, 0.0, 0.0), strict=True):
        (line,) = [line for line in axis.lines if line.get_linestyle() == ":"]
        assert set(xy(line)[:, 1]) == {height}


def test_baselines_and_parts_are_not_drawn(rows):
    others = [
        *rows_of("transformer", 0.0, 0.5, role="baseline"),
        *(
            row
            for row in rows_of("transformer", 0.0, 0.5, negatives=OTHERS)
            if "negatives" in row.labels
        ),
    ]
    assert same_lines(FIGURES["composition"](rows), FIGURES["composition"](rows + others))
