"""Every figure is drawn from the rows that its study measures, and computes no difference."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

import figures
from experiments.results.record import Row, select, values
from experiments.results.table import read_rows, write_rows
from experiments.studies import STUDIES
from figures import FIGURES, draw_all
from figures.blind_images import ROUNDING
from tests.experiments.study_rows import EXACT
from tests.figures import (
    test_blocks,
    test_composition,
    test_cures,
    test_failure,
    test_hard_negatives,
    test_scenes,
    test_selection,
    test_trained_price,
    test_vision,
)
from tests.figures.lines import xy

BLOCKS = ("sentence", "tokens")
TRAINED = tuple(name for name in STUDIES if name not in EXACT)


@pytest.fixture
def rows_of(measured, tmp_path):
    """A function from a study to its rows, as read back from a report."""

    def of(name):
        write_rows(tmp_path / "results.csv", measured(name).rows)
        return read_rows(tmp_path / "results.csv")

    return of


def means(rows):
    """Of all seeds of one measurement, for each that there is, in order."""
    found = {}
    for row in rows:
        labels = tuple((name, row.labels[name]) for name in sorted(row.labels))
        found.setdefault((row.setting, row.metric, labels), []).append(row.value)
    return np.sort([np.mean(of) for of in found.values()])


def is_among(wanted, known):
    """Whether each number is one of those known, which are sorted."""
    place = np.clip(np.searchsorted(known, wanted), 1, len(known) - 1)
    apart = np.minimum(np.abs(wanted - known[place - 1]), np.abs(wanted - known[place]))
    return apart < 1e-12


def marked(axis):
    """The points that are drawn with a marker, one a row."""
    lines = [xy(line) for line in axis.lines if line.get_marker() not in ("None", "", None)]
    return np.concatenate([np.empty((0, 2)), *lines])


def test_every_study_has_its_figure():
    assert set(FIGURES) == set(STUDIES) | {"captions", "corpus", "probe"}


@pytest.mark.parametrize("name", STUDIES)
def test_every_panel_shows_what_the_study_measured(name, rows_of):
    figure = FIGURES[name](rows_of(name))
    assert figure is not None
    shows = {}
    for axis in figure.axes:
        drawn = [xy(line) for line in axis.lines if len(xy(line))]
        assert np.isfinite(np.concatenate([np.empty((0, 2)), *drawn])).all()
        # Of blocks a column is one panel, with a line of axes for each kind of setting.
        place = axis.get_subplotspec()
        panel = place.colspan.start if place is not None and name in BLOCKS else axis
        shows[panel] = shows.get(panel, False) or bool(drawn or axis.texts) or not axis.axison
    assert all(shows.values())


@pytest.mark.parametrize("name", TRAINED)
def test_every_point_is_a_mean_over_seeds(name, rows_of):
    rows = rows_of(name)
    known = np.sort([*means(rows), ROUNDING] if name == "blind_images" else means(rows))
    figure = FIGURES[name](rows)
    assert figure is not None
    points = np.concatenate([marked(axis) for axis in figure.axes])
    assert len(points) > 3
    one_is = is_among(points[:, 0], known) | is_among(points[:, 1], known)
    assert one_is.all(), points[~one_is]


def test_a_figure_is_given_the_rows_of_its_study_and_asked_only_where_there_are_some(
    measured, tmp_path, hold
):
    given = {}

    def drawing(name):
        def draw(rows):
            given[name] = rows

        return draw

    hold(FIGURES, {name: drawing(name) for name in ("price", "other", "absent")})
    rows = measured("price").rows[:3]
    others = [replace(row, study="other") for row in rows]
    assert draw_all([rows[0], *others, *rows[1:]], tmp_path) == []
    assert given == {"price": rows, "other": others}
    assert draw_all([], tmp_path) == []
    assert list(tmp_path.iterdir()) == []


BY_HAND = {
    "sentence": lambda: test_blocks.rows_of("sentence", "claim", "one"),
    "tokens": lambda: test_blocks.rows_of("tokens", "claim", "one"),
    "scenes": lambda: test_scenes.rows_of("scenes", "claim"),
    "trained_price": lambda: test_trained_price.rows_of("sorted phrases", 1.0),
    "composition": lambda: test_composition.rows_of("transformer", 1.0),
    "selection": lambda: test_selection.rows_of("base", "base"),
    "vision": lambda: test_vision.rows_of(
        "vision", test_vision.VISION | {"rho": 0.0}, test_vision.DISTANCES + test_vision.SCORES
    ),
    "blind_images": lambda: test_vision.rows_of(
        "blind_images", test_vision.POOL, test_vision.OF_IMAGES
    ),
    "hard_negatives": lambda: [
        *test_hard_negatives.transfer("SWAP", {}),
        *test_hard_negatives.transfer("all", {}, depth=2),
        *test_hard_negatives.surcharge("measured", (0.3, 0.4)),
        *test_hard_negatives.surcharge("predicted", (0.3, 0.4)),
    ],
    "cures": lambda: test_cures.rows_of("none"),
    "failure": lambda: test_failure.rows_of("salience: 0.1"),
}
"""Rows with which other tests say where a number is drawn."""


@pytest.mark.parametrize("name", TRAINED)
def test_rows_made_by_hand_are_such_as_are_measured(name, measured):
    """Each has the metric, the columns and the words of some row of its study."""
    real = measured(name).rows
    for row in BY_HAND[name]():
        if row.labels.get("tested") == "SWAP" and row.labels.get("negative") == "drawn":
            continue  # There are none; a figure is asked what it makes of some all the same.
        words = {column: of for column, of in row.labels.items() if isinstance(of, str)}
        words.pop("point", None)  # What settings have in common, by any name.
        alike = select(real, metric=row.metric, **words)
        assert any(row.labels.keys() <= other.labels.keys() for other in alike), row
        assert values(alike)


def test_no_figure_computes_a_difference():
    """Differences are rows, which studies derive, so that a figure shows what verdicts judge."""
    files = sorted(Path(figures.__file__).parent.glob("*.py"))
    assert len(files) > len(FIGURES)
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            imported = (
                {alias.name for alias in node.names} if isinstance(node, ast.ImportFrom) else set()
            )
            assert not imported & {"less", "above_optimum", "subtract"}, file
            if isinstance(node, ast.Attribute):
                assert node.attr not in ("less", "above_optimum", "subtract"), file


def test_figures_of_other_studies_stay_where_they_are_named(hold, tmp_path):
    def plain(rows):
        figure = Figure()
        figure.subplots().plot(range(len(rows) + 1))
        return figure

    hold(FIGURES, {"one": plain, "other": plain})
    rows = {name: [Row(name, "T2", "s", 0, "m", 1.0)] for name in FIGURES}
    draw_all(rows["one"], tmp_path)
    draw_all(rows["other"], tmp_path, drawn=["one"])
    assert {path.stem for path in tmp_path.iterdir()} == {"one", "other"}
    draw_all(rows["other"], tmp_path)
    assert {path.stem for path in tmp_path.iterdir()} == {"other"}
