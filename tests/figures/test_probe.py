"""The figure of a user's encoder shows its rows."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.results.record import Row
from experiments.vocabulary import metrics, probe, roles
from figures import FIGURES

DELTAS = {"SWAP": (0.03, 0.0, 0.1, 70), "REPLACE": (0.2, 0.3, 0.4, 29), "OTHER": (0.9, 0.9, 0.9, 0)}


def row(metric, value, role, setting="d", **labels):
    return Row(probe.PROBE, "T17", setting, 0, metric, value, {"role": role} | labels)


def rows_of(setting="d"):
    found = []
    for kind, (own, bag, untrained, pairs) in DELTAS.items():
        labels = {"by": probe.BY_OPERATOR, "kind": kind, "pairs": pairs}
        ends = {"low": own - 0.01, "high": own + 0.02}
        found += [
            row(metrics.DELTA, own, roles.MEASURED, setting, encoder="m:f", **labels, **ends),
            row(metrics.DELTA, bag, roles.BASELINE, setting, encoder=probe.BAG, **labels),
            row(
                metrics.DELTA, untrained, roles.BASELINE, setting, encoder=probe.UNTRAINED, **labels
            ),
        ]
    for of, by, kind in (
        (probe.NEGATIVE, probe.BY_OPERATOR, {"kind": "SWAP"}),
        (probe.UNRELATED, probe.ALL, {}),
    ):
        found += [
            row(
                probe.DISPLACEMENT_QUANTILE,
                level * 2.0,
                roles.MEASURED,
                setting,
                of=of,
                by=by,
                level=level,
                encoder="m:f",
                **kind,
            )
            for level in (0.25, 0.5, 0.75)
        ]
    return found


SCORES = [
    row(metrics.FAMILIAR_IMAGE, 0.9, roles.MEASURED, by=probe.ALL, low=0.8, high=0.95),
    row(metrics.FAMILIAR_IMAGE, 0.5, roles.CHANCE, by=probe.ALL),
    row(metrics.FAMILIAR_IMAGE, 0.52, roles.BASELINE, by=probe.ALL),
]


def test_points_are_the_rows_and_bars_their_intervals(drawn):
    figure = FIGURES[probe.PROBE](rows_of())
    assert figure is not None
    delta, distances = figure.axes
    assert [text.get_text() for text in delta.get_yticklabels()] == ["SWAP", "REPLACE"]
    for marker, wanted in (("o", (0.03, 0.2)), ("D", (0.0, 0.3)), ("x", (0.1, 0.4))):
        np.testing.assert_allclose(drawn(figure, marker), wanted)
    ends = [np.atleast_1d(line.get_xdata()) for line in delta.lines]
    bars = [one for one in ends if len(one) == 2]
    np.testing.assert_allclose(bars, [(0.02, 0.05), (0.19, 0.22)])
    for line in distances.lines:
        np.testing.assert_allclose(np.asarray(line.get_xdata()), [0.5, 1.0, 1.5])
        np.testing.assert_allclose(np.asarray(line.get_ydata()), [0.25, 0.5, 0.75])
    legend = distances.get_legend()
    assert legend is not None
    names = [text.get_text() for text in legend.get_texts()]
    assert names == ["negative, SWAP", "unrelated"]


def test_scores_have_a_panel_where_there_are_images(drawn):
    figure = FIGURES[probe.PROBE]([*rows_of(), *SCORES])
    assert figure is not None
    *_, scores = figure.axes
    assert [text.get_text() for text in scores.get_yticklabels()] == ["familiar half"]
    assert 0.9 in drawn(figure, "o")
    assert 0.52 in drawn(figure, "x")
    assert drawn(figure, "|") == [0.5]


@pytest.mark.parametrize("rows", [[], SCORES[:1]])
def test_there_is_nothing_to_see_without_operators(rows):
    assert FIGURES[probe.PROBE](rows) is None
