"""The figures of blocks show the means of their study's rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from experiments.results.record import Row
from experiments.studies import STUDIES
from figures import FIGURES, draw_all
from tests.figures.lines import xy

NAMES = ("sentence", "tokens")

VALUES = {
    ("measured", "image", "z_inv"): (0.9, 0.8),
    ("measured", "text", "z_inv"): (0.7, 0.5),
    ("measured", "z_inv", "image"): (0.65, 0.75),
    ("measured", "image", "z_dp_img"): (0.25, 0.35),
    ("ceiling", "z_inv", "z_dp_img"): (0.22, 0.24),
    ("chance", "image", "z_inv"): (0.01, 0.03),
    ("baseline", "image", "z_inv"): (0.45, 0.47),
}


def rows_of(study, kind, setting, shift=0.0, probe="kernel"):
    rows = [
        Row(
            study,
            "T2",
            setting,
            seed,
            "r2",
            value - shift,
            {"kind": kind, "role": role, "predictor": p, "target": t, "probe": probe},
        )
        for (role, p, t), values in VALUES.items()
        for seed, value in enumerate(values)
    ]
    return [*rows, *STUDIES[study].derive(rows)]


def means(shifts, role):
    found = [np.mean(v) - s for s in shifts for (r, *_), v in VALUES.items() if r == role]
    return sorted(float(value) for value in found)


@pytest.fixture(params=NAMES)
def study(request):
    return request.param


def test_points_are_means_over_seeds(study, drawn):
    rows = rows_of(study, "claim", "a") + rows_of(study, "control", "b", 0.1)
    figure = FIGURES[study](rows)
    assert figure is not None
    for marker, role in (("o", "measured"), ("|", "ceiling"), ("x", "chance"), ("D", "baseline")):
        np.testing.assert_allclose(drawn(figure, marker), means((0.0, 0.1), role), atol=1e-12)


def test_controls_are_set_apart(study):
    figure = FIGURES[study](rows_of(study, "claim", "a") + rows_of(study, "control", "b"))
    assert figure is not None
    labels = [axis.get_ylabel() for axis in figure.axes if axis.get_ylabel()]
    assert len(labels) == 2
    assert "control" in labels[1]


def test_there_is_a_panel_for_what_is_measured_and_for_nothing_else(study):
    rows = rows_of(study, "claim", "a")
    labels = {"kind": "claim", "role": "measured", "probe": "kernel"}
    labels |= {"predictor": "text", "target": "token_noise"}
    more = [*rows, Row(study, "T5", "a", 0, "r2", 0.1, labels)]
    left, right = (FIGURES[study](some) for some in (rows, more))
    assert left is not None
    assert right is not None
    titles = [[axis.get_title() for axis in figure.axes] for figure in (left, right)]
    assert titles[1] == [*titles[0], "embedding → token noise"]


def test_other_probes_and_metrics_are_not_drawn(study, drawn):
    rows = rows_of(study, "claim", "a")
    others = rows_of(study, "claim", "c", probe="mlp")
    others += [Row(study, "T2", "e", 0, "loss", 0.5, {"kind": "claim"})]
    left, right = (FIGURES[study](some) for some in (rows, rows + others))
    assert left is not None
    assert right is not None
    assert drawn(left, "o") == drawn(right, "o")


def test_the_bar_is_of_the_distance_to_the_ceiling(study):
    """Ceilings that are as far from what is measured at every seed leave it no width."""
    rows = [
        row if row.labels["role"] != "ceiling" else replace(row, value=0.2 + 0.1 * row.seed)
        for row in rows_of(study, "claim", "a")
        if row.metric == "r2"
    ]
    figure = FIGURES[study]([*rows, *STUDIES[study].derive(rows)])
    assert figure is not None
    (axis,) = (one for one in figure.axes if one.get_title() == "embedding → style")
    (bar,) = (np.ptp(xy(line)[:, 0]) for line in axis.lines if len(xy(line)) == 2)
    assert bar == pytest.approx(0.0, abs=1e-12)


def test_the_same_rows_give_the_same_files(study, tmp_path):
    rows = rows_of(study, "claim", "a")
    files = [draw_all(rows, tmp_path / name) for name in ("first", "second")]
    assert [path.suffix for path in files[0]] == [".png", ".pdf"]
    for left, right in zip(*files, strict=True):
        assert left.read_bytes() == right.read_bytes()
