"""The figures of the vision side show the means of their studies' rows."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.results.record import Row
from experiments.studies import STUDIES
from figures import FIGURES
from tests.figures.lines import same_lines, xy


def rows_of(study, parameters, values):
    return [
        Row(study, "T14", "one", seed, metric, value, parameters | labels)
        for (metric, labels), of in values
        for seed, value in enumerate(of)
    ]


VISION = {"operator": "SWAP", "encoder": "sorted phrases", "images": "vectors"}
NOVEL = {"pairs": "novel"}
DISTANCES = [
    (("paired distance", NOVEL | {"role": "measured"}), (1.0, 1.2)),
    (("paired distance", NOVEL | {"role": "predicted"}), (0.9, 1.1)),
    (("paired distance", NOVEL | {"role": "baseline"}), (1.3, 1.5)),
    (("centroid gap", NOVEL | {"role": "measured"}), (0.2, 0.4)),
]
SCORES = [
    (("score gap", {"orbits": "covered", "role": "measured"}), (0.01, 0.03)),
    (("score gap", {"orbits": "uncovered", "role": "measured"}), (9.0, 11.0)),
    (("score gap", {"orbits": "covered", "role": "bound"}), (1.5, 1.5)),
    (("scene told", {"role": "measured"}), (0.9, 1.0)),
    (("scene told", {"role": "chance"}), (0.5, 0.5)),
]

POOL = {"encoder": "patch pool", "rho": 1.0}
OF_IMAGES = [
    (("fresh loss", {"role": "measured"}), (1.5, 1.6)),
    (("fresh loss", {"role": "predicted"}), (1.5, 1.5)),
    (("least cosine", {"role": "measured"}), (0.9, 0.7)),
]


@pytest.fixture
def vision():
    return [
        *rows_of("vision", VISION | {"rho": 0.0}, DISTANCES),
        *rows_of("vision", VISION | {"rho": 0.5}, SCORES),
    ]


def heights(axis, marker):
    return sorted(
        float(y) for line in axis.lines if line.get_marker() == marker for y in xy(line)[:, 1]
    )


def test_points_of_the_vision_study_are_means_over_seeds(vision):
    figure = FIGURES["vision"](vision)
    assert figure is not None
    far, centroids, gaps, told = figure.axes
    assert heights(far, "o") == pytest.approx([1.1])
    assert heights(far, "_") == pytest.approx([1.0, 1.4])
    assert heights(centroids, "o") == pytest.approx([0.3])
    assert heights(gaps, "o") == pytest.approx([0.02, 10.0])
    assert heights(told, "o") == pytest.approx([0.95])
    hollow = [xy(line)[:, 1] for line in gaps.lines if line.get_markerfacecolor() == "white"]
    assert np.ravel(hollow) == pytest.approx([10.0])
    (bound,) = (line for line in gaps.lines if line.get_linestyle() == ":")
    assert xy(bound)[0, 1] == 1.5
    (chance,) = (line for line in told.lines if line.get_linestyle() == ":")
    assert xy(chance)[0, 1] == 0.5


def test_pixels_and_loss_curves_are_not_drawn(vision):
    curve = Row("vision", "T14", "one", 0, "loss", 1.0, VISION | {"rho": 0.0, "step": 1})
    pixels = rows_of("vision", VISION | {"rho": 0.0, "images": "pixels"}, DISTANCES)
    assert FIGURES["vision"](pixels) is None
    assert same_lines(FIGURES["vision"](vision), FIGURES["vision"]([*vision, curve, *pixels]))


def test_losses_of_image_encoders_are_means_and_lines_their_optima():
    rows = rows_of("blind_images", POOL, OF_IMAGES)
    figure = FIGURES["blind_images"]([*rows, *STUDIES["blind_images"].derive(rows)])
    assert figure is not None
    left, right = figure.axes
    assert heights(left, "o") == pytest.approx([1.55])
    assert heights(right, "o") == pytest.approx([0.2])
    assert any(np.all(xy(line)[:, 1] == 1.5) for line in left.lines)
