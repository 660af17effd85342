"""Tables of results and the search along them, against loops over sets."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scm.operators import search
from scm.operators.orbits import Edges
from scm.operators.result_table import ResultTable
from scm.operators.search import layers

CAPTIONS = 7

pairs = st.lists(st.tuples(*[st.integers(0, CAPTIONS - 1)] * 2), max_size=25)
scenes = st.lists(st.integers(0, 2), min_size=CAPTIONS, max_size=CAPTIONS)


def edges_of(drawn):
    return Edges(*np.array(drawn, int).reshape(-1, 2).T)


@given(pairs, scenes, st.integers(1, 4))
def test_hard_negatives_are_the_distinct_results_that_say_another_scene(drawn, said, M):
    table = ResultTable.of_hard_negatives(edges_of(drawn), np.array(said))
    padded, in_turn = table.padded(), table.in_turn(M)
    for y in range(CAPTIONS):
        hard = sorted({z for source, z in drawn if source == y and said[z] != said[y]})
        assert table.count[y] == len(hard)
        assert padded[y].tolist() == hard + [0] * (padded.shape[1] - len(hard))
        wanted = hard or [y]
        assert in_turn[y].tolist() == [wanted[m % len(wanted)] for m in range(M)]


@given(pairs, st.lists(st.integers(0, CAPTIONS - 1), max_size=4))
def test_layers_hold_what_no_shorter_word_reaches(drawn, start):
    step = ResultTable.of(edges_of(drawn), CAPTIONS).edges_from
    found = list(layers(step, np.array(start, int)))
    for place, begin in enumerate(start):
        seen = last = {begin}
        for layer in found:
            assert layer.caption[layer.start == place].tolist() == sorted(last)
            last = {z for y, z in drawn if y in last} - seen
            seen = seen | last
        assert not last


def test_a_search_in_pieces_is_the_same(monkeypatch):
    drawn = [(y, (3 * y + shift) % 97) for y in range(97) for shift in (0, 5, 11)]
    step = ResultTable.of(edges_of(drawn), 97).edges_from
    whole = list(layers(step, np.arange(97)))
    monkeypatch.setattr(search, "_CAPTIONS_AT_ONCE", 10)
    pieces = list(layers(step, np.arange(97)))
    assert len(whole) == len(pieces) > 3
    for one, other in zip(whole, pieces, strict=True):
        np.testing.assert_array_equal(one, other)
