"""The figure of a corpus shows each kind's numbers by size, with their intervals."""

from __future__ import annotations

from experiments.results.record import Row
from experiments.vocabulary import corpora, metrics
from experiments.vocabulary.negatives import ALL
from experiments.vocabulary.operators import REPLACE, SWAP
from figures.corpus import draw
from tests.figures.lines import xy


def row(setting, metric, value, operator, depth, captions, ends):
    labels = {"operator": operator, "depth": depth, "captions": captions}
    labels |= {"low": ends[0], "high": ends[1]} if ends else {}
    return Row(corpora.CORPUS, "T10", setting, 0, metric, value, labels)


ROWS = [
    row("corpus", corpora.COVERAGE_SEEN, 0.3, SWAP, 1, 200, (0.2, 0.4)),
    row("corpus", corpora.COVERAGE_SEEN, 0.1, SWAP, 1, 100, (0.05, 0.2)),
    row("corpus", corpora.COVERAGE_SEEN, 0.5, REPLACE, 1, 200, None),
    row("corpus", metrics.PRICE, 0.7, SWAP, "any", 200, (0.6, 0.8)),
    row("pairs", corpora.COVERAGE_SEEN, 0.2, ALL, "any", 200, (0.1, 0.3)),
]


def test_curves_and_bars():
    figure = draw(ROWS)
    assert figure is not None
    assert [axis.get_title() for axis in figure.axes] == ["corpus", "pairs", "", ""]
    above, other, below, empty = figure.axes
    shown = [xy(line).tolist() for line in above.lines if len(xy(line))]
    assert [[100, 0.1], [200, 0.3]] in shown
    assert [[100, 0.05], [100, 0.2]] in shown
    assert [[200, 0.2], [200, 0.4]] in shown
    assert [[200, 0.5]] in shown
    assert len(shown) == 4
    assert [[200, 0.7]] in [xy(line).tolist() for line in below.lines]
    assert [[200, 0.2]] in [xy(line).tolist() for line in other.lines]
    assert not empty.lines


def test_nothing_to_see():
    assert draw([]) is None
