"""The figure shows the means of the rows."""

from __future__ import annotations

import numpy as np

from experiments.rows import Row
from figures import draw_all, draw_block_identifiability

VALUES = {
    ("measured", "image", "z_inv"): (0.9, 0.8),
    ("measured", "text", "z_inv"): (0.7, 0.5),
    ("measured", "z_inv", "image"): (0.65, 0.75),
    ("measured", "image", "z_dp_img"): (0.25, 0.35),
    ("ceiling", "z_inv", "z_dp_img"): (0.22, 0.24),
    ("chance", "image", "z_inv"): (0.01, 0.03),
    ("baseline", "image", "z_inv"): (0.45, 0.47),
}


def rows_of(kind, setting, shift=0.0, probe="kernel"):
    return [
        Row(
            "sentence",
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


def drawn(figure, marker):
    """x of every point with that marker."""
    return sorted(
        float(x)
        for axis in figure.axes
        for line in axis.lines
        if line.get_marker() == marker
        for x in np.atleast_1d(line.get_xdata())
    )


def means(shifts, role):
    found = [np.mean(v) - s for s in shifts for (r, *_), v in VALUES.items() if r == role]
    return sorted(float(value) for value in found)


def test_points_are_means_over_seeds():
    rows = rows_of("claim", "a") + rows_of("control", "b", 0.1)
    figure = draw_block_identifiability(rows)
    assert figure is not None
    for marker, role in (("o", "measured"), ("|", "ceiling"), ("x", "chance"), ("D", "baseline")):
        np.testing.assert_allclose(drawn(figure, marker), means((0.0, 0.1), role), atol=1e-12)


def test_controls_are_set_apart():
    figure = draw_block_identifiability(rows_of("claim", "a") + rows_of("control", "b"))
    assert figure is not None
    labels = [axis.get_ylabel() for axis in figure.axes if axis.get_ylabel()]
    assert len(labels) == 2
    assert "control" in labels[1]


def test_other_probes_studies_and_metrics_are_not_drawn():
    rows = rows_of("claim", "a")
    others = rows_of("claim", "c", probe="mlp")
    others += [Row("other", "T2", "d", 0, "r2", 0.5, {"probe": "kernel", "kind": "claim"})]
    others += [Row("sentence", "T2", "e", 0, "loss", 0.5, {"kind": "claim"})]
    left, right = (draw_block_identifiability(some) for some in (rows, rows + others))
    assert left is not None
    assert right is not None
    assert drawn(left, "o") == drawn(right, "o")


def test_there_is_no_figure_without_rows(tmp_path):
    assert draw_block_identifiability([]) is None
    assert draw_block_identifiability([Row("other", "T2", "a", 0, "r2", 0.5, {})]) is None
    assert draw_all([], tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_the_same_rows_give_the_same_files(tmp_path):
    rows = rows_of("claim", "a")
    files = [draw_all(rows, tmp_path / name) for name in ("first", "second")]
    names = [f"block_identifiability.{suffix}" for suffix in ("png", "pdf")]
    assert [path.name for path in files[0]] == names
    for left, right in zip(*files, strict=True):
        assert left.read_bytes() == right.read_bytes()
