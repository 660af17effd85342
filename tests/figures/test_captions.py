"""The figure of captions draws the shares and the curve of the rows it is given."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.patches import Rectangle

from experiments.captions.survey import survey
from experiments.results.record import select
from experiments.vocabulary import captions as words
from figures.captions import draw
from tests.experiments.captions.test_survey import made
from tests.figures.lines import xy


@pytest.fixture(scope="module")
def rows():
    return survey(made()).rows()


def rectangles(axis):
    return [patch for patch in axis.patches if isinstance(patch, Rectangle)]


def test_bars_are_shares(rows):
    bars, *_ = draw(rows).axes
    shares = select(rows, metric=words.SHARE)
    widths = sorted(patch.get_width() for patch in rectangles(bars))
    np.testing.assert_allclose(widths, sorted(row.value for row in shares))
    ends = {}
    for patch in rectangles(bars):
        place = round(patch.get_y() + patch.get_height() / 2)
        ends[place] = max(ends.get(place, 0.0), patch.get_x() + patch.get_width())
    np.testing.assert_allclose(list(ends.values()), 1.0)


def test_lines_are_the_curve(rows):
    _, axis = draw(rows).axes
    assert axis.get_title() == "made"
    drawn = {line.get_label(): xy(line) for line in axis.lines}
    for name in ("every word", "concepts first"):
        curve = select(rows, metric=words.BY_DEFINITION, pairs=words.PAIRS, counted=name)
        wanted = [(row.labels["atom_words"], row.value) for row in curve]
        np.testing.assert_allclose(drawn[name], wanted)
    assert words.RANDOM in drawn


def test_one_data_set_without_categories_is_drawn():
    pairs = [pair.__class__(pair.caption, pair.negative) for pair in made(9)]
    assert len(draw(survey(pairs).rows()).axes) == 2
