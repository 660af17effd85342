"""The figure of selection shows the means of its study's rows, the base in every panel."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.results.record import Row
from experiments.results.table import read_rows, write_rows
from figures import FIGURES
from tests.figures.lines import same_lines, xy

VALUES = {
    "familiar image": (0.98, 1.0),
    "novel image": (0.6, 0.8),
    "group score": (0.5, 0.6),
    "cos(df, dg)": (0.1, 0.2),
    "delta": (0.3, 0.5),
}
MARKERS = dict(zip(VALUES, "os^PD", strict=True))
BASE = {"encoder": "transformer", "embedding": 16, "set_size": 0, "rho": 0.0}


def rows_of(setting, factor, shift=0.0, **changes):
    labels = BASE | changes | {"factor": factor, "role": "measured", "negative": "novel"}
    return [
        Row("selection", "T6", setting, seed, metric, value - shift, labels)
        for metric, values in (VALUES | {"text only": (1.0, 1.0)}).items()
        for seed, value in enumerate(values)
    ]


@pytest.fixture
def rows(tmp_path):
    """As read back from a report."""
    rows = [
        *rows_of("base", "base"),
        *rows_of("small", "embedding", 0.1, embedding=4),
        *rows_of("large", "embedding", 0.2, embedding=64),
        *rows_of("64 pairs", "set_size", 0.3, set_size=64),
        *rows_of("4,096 pairs", "set_size", 0.4, set_size=4096),
    ]
    write_rows(tmp_path / "results.csv", rows)
    return read_rows(tmp_path / "results.csv")


def points(axis, marker):
    """Height of the points of a marker, from the left."""
    (line,) = [line for line in axis.lines if line.get_marker() == marker]
    assert np.all(np.diff(xy(line)[:, 0]) > 0)
    return xy(line)[:, 1]


def test_points_are_means_over_seeds_and_the_base_is_in_every_panel(rows):
    figure = FIGURES["selection"](rows)
    assert figure is not None
    by_title = {axis.get_title(): axis for axis in figure.axes if axis.axison}
    assert set(by_title) == {"embedding size", "training pairs"}
    for metric, marker in MARKERS.items():
        mean = np.mean(VALUES[metric])
        for title, shifts in (
            ("embedding size", (0.1, 0.0, 0.2)),
            ("training pairs", (0.3, 0.4, 0.0)),
        ):
            wanted = [mean - shift for shift in shifts]
            np.testing.assert_allclose(points(by_title[title], marker), wanted, atol=1e-12)


def test_places_are_named_in_order(rows):
    figure = FIGURES["selection"](rows)
    assert figure is not None
    sizes, sets = (
        [label.get_text() for label in axis.get_xticklabels()] for axis in figure.axes[:2]
    )
    assert sizes == ["4", "16", "64"]
    assert sets == ["64", "4,096", "fresh"]


def test_baselines_are_not_drawn(rows):
    others = [
        Row("selection", "T6", "base", 0, "novel image", 0.0, row.labels | {"role": "baseline"})
        for row in rows
    ]
    assert same_lines(FIGURES["selection"](rows), FIGURES["selection"](rows + others))
