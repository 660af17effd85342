"""The figure of the failure shows the means of its study's rows, and predictions beside them."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.results.record import Row
from experiments.results.table import read_rows, write_rows
from figures import FIGURES
from tests.figures.lines import xy

VALUES = {"familiar image": (0.7, 0.8), "novel image": (0.4, 0.5), "group score": (0.1, 0.2)}
BASE = {"factor": "salience", "level": "0.1", "salience": 0.1, "encoder": "transformer"}


def rows_of(setting, shift=0.0, **changes):
    labels = BASE | changes | {"role": "measured"}
    novel = labels | {"negative": "novel"}
    told = novel | {"role": "predicted"}
    return [
        Row("failure", "T17", setting, seed, metric, value - shift, of)
        for metric, values, of in (
            ("retrieval", (1.0, 1.0), labels),
            ("text score", (0.55, 0.65), novel),
            *((metric, values, novel) for metric, values in VALUES.items()),
            ("familiar image", (0.8, 0.9), told),
            ("novel image", (0.3, 0.5), told),
        )
        for seed, value in enumerate(values)
    ]


@pytest.fixture
def rows(tmp_path):
    """As read back from a report."""
    found = [
        *rows_of("salience: 1", -0.1, salience=1.0, level="1"),
        *rows_of("salience: 0.1"),
        *rows_of("coverage: 0.5", 0.05, factor="coverage", level="0.5"),
    ]
    write_rows(tmp_path / "results.csv", found)
    return read_rows(tmp_path / "results.csv")


def draw(rows):
    figure = FIGURES["failure"](rows)
    assert figure is not None
    return figure


def line(axis, label):
    (found,) = [line for line in axis.lines if line.get_label() == label]
    return xy(found)


def test_curves_are_means_over_seeds_by_salience(rows):
    axis = draw(rows).axes[0]
    for label, metric in (("novel half", "novel image"), ("group score", "group score")):
        mean = float(np.mean(VALUES[metric]))
        np.testing.assert_allclose(line(axis, label), [(1.0, mean + 0.1), (0.1, mean)])
    np.testing.assert_allclose(line(axis, "retrieval")[:, 1], [1.1, 1.0])


def test_predictions_are_dashed_beside_what_they_are_of(rows):
    axis = draw(rows).axes[0]
    dashed = [xy(line)[:, 1] for line in axis.lines if line.get_linestyle() == "--"]
    heights = [heights for heights in dashed if len(heights)]
    np.testing.assert_allclose(heights, [[0.95, 0.85], [0.5, 0.4]])


def test_other_factors_have_a_line_each(rows):
    axis = draw(rows).axes[-1]
    assert [label.get_text() for label in axis.get_yticklabels()] == ["coverage: 0.5"]
    points = [xy(line)[0] for line in axis.lines if line.get_marker() in ("o", "D", "^")]
    # Retrieval, text score and group score.
    np.testing.assert_allclose(points, [(0.95, 0.0), (0.55, 0.0), (0.1, 0.0)])


def test_without_a_point_there_is_no_figure(rows):
    assert FIGURES["failure"]([row for row in rows if row.metric == "loss"]) is None
