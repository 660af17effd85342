"""The figure of hard negatives shows the means, gains and intervals of its study's rows."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.results.record import Row
from experiments.results.table import read_rows, write_rows
from experiments.studies import STUDIES
from figures import FIGURES
from tests.figures.lines import points, same_lines

SCORES = (
    ("text score", "drawn"),
    ("familiar image", "novel"),
    ("novel image", "novel"),
    ("group score", "all"),
    ("text score", "all"),
)
"""What rows hold, and of which hard negatives; all but the last have a matrix."""

TITLES = (
    "text score,\ndrawn negatives",
    "familiar half,\nnegatives never drawn",
    "novel half,\nnegatives never drawn",
    "group score,\nall negatives",
)
OPERATORS = ("SWAP", "REPLACE", "ADD")
TESTED = {name: (name, 1) for name in OPERATORS} | {
    f"depth {depth}": ("words", depth) for depth in (1, 2)
}
"""What makes the hard negatives tested, by what rows call it and the length of its words."""


def transfer(family, values, **changes):
    """Two seeds of one training, as read back from a report; ``values`` by what is tested."""
    without = family == "none"
    labels = {
        "part": "transfer",
        "family": family,
        "seen": "none" if without else "own-only",
        "depth": 0 if without else 1,
        "count": 0 if without else 1,
        "set_size": 256,
        "batch": 64,
        "world": "few words",
        "images": "vectors",
        "role": "measured",
    }
    labels |= changes
    name = ", ".join(str(label) for label in labels.values())
    return [
        Row(
            "hard_negatives",
            "T13",
            name,
            seed,
            metric,
            value,
            labels | {"tested": tested, "tested_depth": length, "negative": negative},
        )
        for metric, negative in SCORES
        for called, (tested, length) in TESTED.items()
        for seed, value in enumerate(values.get(called, (0.7, 0.7)))
    ]


def surcharge(role, values, **labels):
    labels = {
        "part": "surcharge",
        "encoder": "sorted phrases",
        "rho": 0.0,
        "seen": "none",
        "negatives": "shared",
        "M": 1,
        "role": role,
    } | labels
    return [
        Row("hard_negatives", "T13", "small", seed, "surcharge", value, labels)
        for seed, value in enumerate(values)
    ]


@pytest.fixture
def rows(tmp_path):
    """As read back from a report."""
    rows = [
        *transfer("none", {"SWAP": (0.6, 0.8), "ADD": (0.5, 0.7)}),
        # SWAP gains 0.1 for sure, ADD 0.1 on the average of 0 and 0.2, REPLACE nothing at all.
        *transfer("SWAP", {"SWAP": (0.7, 0.9), "ADD": (0.5, 0.9)}),
        *transfer("all", {"depth 1": (0.8, 0.8), "depth 2": (0.9, 0.9)}),
        *transfer("all", {"depth 1": (0.85, 0.85), "depth 2": (0.95, 0.95)}, depth=2),
        *transfer("SWAP", {"SWAP": (0.9, 0.9)}, seen="shared"),
        *surcharge("measured", (0.34, 0.36)),
        *surcharge("predicted", (0.3466, 0.3466)),
    ]
    write_rows(tmp_path / "results.csv", [*rows, *STUDIES["hard_negatives"].derive(rows)])
    return read_rows(tmp_path / "results.csv")


def test_matrices_show_scores_and_gains(rows):
    figure = FIGURES["hard_negatives"](rows)
    assert figure is not None
    for axis, title in zip(figure.axes, TITLES, strict=False):
        assert axis.get_title() == title
        said = {tuple(np.round(text.get_position(), 1)): text.get_text() for text in axis.texts}
        # Columns are tested on, rows trained on: none, SWAP, all.
        assert said[0.0, 0.0].startswith("0.70 ± 1.27")
        assert said[0.0, 0.8].startswith("0.80 ± ")
        assert said[0.0, 1.2] == "+0.100"
        assert said[2.0, 1.2] == "+0.100"
        assert said[1.0, 1.2] == "+0.000"
        (image,) = axis.images
        shades = np.ma.filled(np.ma.asarray(image.get_array()), np.nan)
        np.testing.assert_allclose(shades[:2, 0], [0.7, 0.8])
        assert shades.shape == (3, 3)
    # Four trainings by three operators by the five scores that are there.
    assert figure.get_suptitle().endswith("bold: a gain or a loss, corrected for 60 comparisons")
    (title,) = {figures.get_suptitle() for figures in figure.subfigs} - {""}
    assert title == "256 pairs of few words, K = 64"


def test_a_gain_is_bold_where_the_verdict_holds(rows):
    verdicts = {v.id: v.holds for v in STUDIES["hard_negatives"].verdicts(rows, {})}
    (setting,) = {
        row.setting
        for row in rows
        if row.labels.get("family") == "SWAP" and row.labels["seen"] == "own-only"
    }
    figure = FIGURES["hard_negatives"](rows)
    assert figure is not None
    for axis, (score, negative) in zip(figure.axes, SCORES[:-1], strict=False):
        bold = [
            text.get_fontweight() == "bold"
            for text in axis.texts
            if text.get_position()[1] == pytest.approx(1.22)
        ]
        of = "" if negative == "all" else f", {negative} negatives"
        held = [verdicts[f"T13/{setting}/gain in {score} on {tested}{of}"] for tested in OPERATORS]
        assert bold == held == [True, False, False]


def test_depths_variants_and_surcharges_are_means(rows):
    figure = FIGURES["hard_negatives"](rows)
    assert figure is not None
    *_, depths, surcharges, variants = figure.axes
    assert sorted(np.round(points(depths, "o")[:, 1], 9)) == [0.7, 0.7, 0.8, 0.85, 0.9, 0.95]
    ((x, _),) = points(surcharges, "o")
    assert x == pytest.approx(0.35)
    ((x, _),) = points(surcharges, "|")
    assert x == pytest.approx(0.3466)
    # Own SWAP, shared SWAP and all, each on three operators.
    heights = points(variants, "o")[:, 1]
    assert len(heights) == 9
    assert sorted(np.round(heights, 9))[-3:] == [0.1, 0.1, 0.2]


def test_baselines_and_pixels_are_not_drawn(rows):
    pixels = transfer("none", {"SWAP": (0.1, 0.1)}, images="pixels")
    assert FIGURES["hard_negatives"](pixels) is None
    others = [
        *pixels,
        *(row for row in transfer("SWAP", {"SWAP": (0.0, 0.0)}, role="baseline")),
    ]
    alone, among = FIGURES["hard_negatives"](rows), FIGURES["hard_negatives"](rows + others)
    assert alone is not None
    assert among is not None
    for one, other in zip(alone.axes, among.axes, strict=True):
        assert [text.get_text() for text in one.texts] == [text.get_text() for text in other.texts]
    assert same_lines(alone, among)
