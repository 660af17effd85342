"""The figure of cures: a point and an arrow a cure, the odds curves, names that do not overlap."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from matplotlib.text import Annotation

from experiments.results.record import Row
from experiments.results.table import read_rows, write_rows
from figures import FIGURES
from figures.cures import STEP, _clusters, _Point, _spread
from tests.figures.lines import xy

BASE = {"kind": "none", "negatives": "none", "count": 0, "share": 0.0, "rho": 0.0, "salience": 0.1}


def rows_of(setting, scores=(0.8, 0.4, 0.1), role="measured", **changes):
    labels = BASE | changes | {"cure": setting, "role": role}
    metrics = ("familiar image", "novel image", "group score")
    return [
        Row("cures", "T16", setting, seed, metric, value + 0.01 * seed, labels)
        for metric, value in zip(metrics, scores, strict=True)
        for seed in (-1, 1)
    ]


SHOWN = {
    "none": (0.8, 0.4, 0.1),
    "own-only": (0.98, 0.02, 0.0),
    "shared": (0.97, 0.02, 0.0),
    "coverage": (0.85, 0.6, 0.4),
}


@pytest.fixture
def rows(tmp_path):
    """As read back from a report."""
    both = {"kind": "true pairs and negatives", "negatives": "own-only"}
    taught = {"kind": "text-only negatives", "count": 1}
    found = [
        *rows_of("none"),
        *rows_of("own-only", SHOWN["own-only"], negatives="own-only", **taught),
        *rows_of("shared", SHOWN["shared"], negatives="shared", **taught),
        *rows_of("coverage", SHOWN["coverage"], kind="coverage", rho=0.5),
        *rows_of("1 %", (0.8, 0.5, 0.2), kind="true pairs", share=0.01),
        *rows_of("20 %", (0.9, 0.8, 0.6), kind="true pairs", share=0.2),
        *rows_of("1 %, own", (1.0, 0.0, 0.0), share=0.01, **both),
        *rows_of("20 %, own", (1.0, 0.7, 0.7), share=0.2, **both),
        *rows_of("20 %, own", (1.0, 0.3, 0.3), "predicted", share=0.2, **both),
    ]
    write_rows(tmp_path / "results.csv", found)
    return read_rows(tmp_path / "results.csv")


def draw(rows):
    figure = FIGURES["cures"](rows)
    assert figure is not None
    return figure


def points(axis):
    return [xy(line)[0] for line in axis.lines if line.get_marker() == "o" and len(xy(line)) == 1]


def test_every_cure_is_a_point_and_those_that_lie_together_share_a_label(rows):
    plane, _ = draw(rows).axes
    wanted = [(familiar, novel) for familiar, novel, _ in SHOWN.values()]
    np.testing.assert_allclose(sorted(map(tuple, points(plane))), sorted(wanted), atol=1e-12)
    said = [text.get_text() for text in plane.texts]
    assert {"no cure", "own-only; shared", "coverage"} <= set(said)


def test_an_arrow_leads_from_no_cure_to_each(rows):
    plane, _ = draw(rows).axes
    arrows = [of for of in plane.texts if isinstance(of, Annotation) and not of.get_text()]
    assert len(arrows) == 2
    for arrow in arrows:
        np.testing.assert_allclose(arrow.xyann, SHOWN["none"][:2])
    ends = sorted(tuple(np.round(arrow.xy, 9)) for arrow in arrows)
    np.testing.assert_allclose(ends, [SHOWN["coverage"][:2], (0.975, 0.02)], atol=1e-9)


def test_curves_are_group_scores_by_share_with_what_the_tilt_predicts(rows):
    _, odds = draw(rows).axes
    by_label = {line.get_label(): xy(line) for line in odds.lines}
    np.testing.assert_allclose(by_label["without negatives"], [(0.01, 0.2), (0.2, 0.6)])
    np.testing.assert_allclose(by_label["with negatives, own-only"], [(0.01, 0.0), (0.2, 0.7)])
    np.testing.assert_allclose(by_label["without, tilted as T16 has it"], [(0.2, 0.3)])


def test_untrained_encoders_are_not_drawn(rows):
    other = rows_of("coverage", (0.5, 0.5, 0.2), "baseline", kind="coverage", rho=0.5)
    drawn = [points(draw(some).axes[0]) for some in (rows, [*rows, *other])]
    alone, among = drawn
    np.testing.assert_array_equal(alone, among)


def test_labels_of_any_points_do_not_overlap():
    rng = np.random.default_rng(0)
    for _ in range(20):
        wanted = np.sort(rng.uniform(size=15))
        heights = STEP * rng.integers(1, 3, 15)
        places = _spread(wanted.tolist(), heights.tolist())
        for (low, below), (high, above) in itertools.pairwise(zip(places, heights, strict=True)):
            assert high - low >= (below + above) / 2 - 1e-9
    # Where there is room a label is beside its point.
    assert _spread([0.2, 0.8], [STEP, STEP]) == [0.2, 0.8]


def test_clusters_are_of_points_that_are_near():
    made = [_Point(name, "both", [x], [0.0]) for name, x in (("a", 0.5), ("b", 0.51), ("c", 0.9))]
    assert [[point.name for point in cluster] for cluster in _clusters(made)] == [["a", "b"], ["c"]]


def test_without_a_cure_there_is_no_figure(rows):
    assert FIGURES["cures"]([row for row in rows if row.metric == "loss"]) is None
