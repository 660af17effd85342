"""The figure of scenes shows the means of its study's rows."""

from __future__ import annotations

import numpy as np

from experiments.results.record import Row
from experiments.studies import STUDIES
from figures import FIGURES

CONCEPT = "object 0 noun"
VALUES = {
    ("accuracy", "measured", "image", CONCEPT): (0.98, 0.96),
    ("accuracy", "measured", "text", CONCEPT): (0.99, 0.95),
    ("accuracy", "chance", "text", CONCEPT): (0.16, 0.18),
    ("accuracy", "baseline", "text", CONCEPT): (0.6, 0.7),
    ("accuracy", "ceiling", "z_inv", CONCEPT): (1.0, 1.0),
    ("r2", "measured", "image", "z_pr_img"): (0.02, 0.04),
    ("r2", "ceiling", "z_inv", "z_pr_img"): (0.0, 0.01),
    ("r2", "measured", "z_inv", "text"): (0.9, 0.92),
}


def rows_of(setting, kind, **labels):
    rows = [
        Row(
            "scenes",
            "T5",
            setting,
            seed,
            metric,
            value,
            {"kind": kind, "role": role, "predictor": p, "target": t, "probe": "kernel"} | labels,
        )
        for (metric, role, p, t), values in VALUES.items()
        for seed, value in enumerate(values)
    ]
    return [*rows, *STUDIES["scenes"].derive(rows)]


def test_points_are_means_over_seeds(drawn):
    figure = FIGURES["scenes"](rows_of("scenes", "claim"))
    assert figure is not None
    for marker, role in (("o", "measured"), ("|", "ceiling"), ("x", "chance"), ("D", "baseline")):
        wanted = sorted(float(np.mean(v)) for (_, r, *_), v in VALUES.items() if r == role)
        if role == "ceiling":
            # That of the concept is drawn for each of the two encoders.
            wanted.append(1.0)
        np.testing.assert_allclose(drawn(figure, marker), wanted, atol=1e-12)


def test_accuracy_and_r2_have_panels_of_their_own_and_the_control_is_below():
    figure = FIGURES["scenes"](rows_of("blind", "control") + rows_of("scenes", "claim"))
    assert figure is not None
    assert len(figure.axes) == 4
    top, _, below, _ = figure.axes
    assert "control" not in top.get_ylabel()
    assert "control" in below.get_ylabel()
    assert "accuracy" in below.get_xlabel()
    assert "R²" in figure.axes[-1].get_xlabel()
    assert "first noun" in [label.get_text() for label in top.get_yticklabels()]


def test_other_probes_are_not_drawn(drawn):
    rows = rows_of("scenes", "claim")
    figures = [FIGURES["scenes"](some) for some in (rows, rows + rows_of("a", "b", probe="mlp"))]
    assert figures[0] is not None
    assert figures[1] is not None
    assert drawn(figures[0], "o") == drawn(figures[1], "o")
