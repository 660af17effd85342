"""Neighbours that hashing finds, beside all pairs compared one by one."""

from __future__ import annotations

from itertools import product

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from experiments.corpus.file_negatives import joined_by
from experiments.corpus.neighbours import Iterate, neighbours, orders, slots
from experiments.corpus.sequences import Corpus
from experiments.vocabulary.corpora import ANY_DEPTH
from experiments.vocabulary.operators import ADD, REPLACE, SWAP
from experiments.vocabulary.readings import OTHER


def exchanged(one, times):
    """All that exchanges of two places make of a sequence, so many or fewer."""
    found = {one}
    for _ in range(times):
        for each in tuple(found):
            for i, j in product(range(len(one)), repeat=2):
                other = list(each)
                other[i], other[j] = other[j], other[i]
                found.add(tuple(other))
    return found


def removed(one, times):
    found = {one}
    for _ in range(times):
        found |= {each[:i] + each[i + 1 :] for each in found for i in range(len(each))}
    return found


def joined(kind, one, other):
    """Whether the two are neighbours, by what operators do."""
    if one == other:
        return False
    if kind.operator == SWAP:
        if kind.depth == ANY_DEPTH:
            return sorted(one) == sorted(other)
        return other in exchanged(one, kind.depth)
    if kind.operator == REPLACE:
        apart = sum(a != b for a, b in zip(one, other, strict=False))
        return len(one) == len(other) and apart <= kind.depth
    short, long = sorted((one, other), key=len)
    return len(short) < len(long) and short in removed(long, kind.depth)


SEQUENCES = st.lists(st.text("abc", min_size=1, max_size=5).map(tuple), min_size=1, max_size=25)


@settings(max_examples=60, deadline=None)
@given(SEQUENCES)
def test_hashing_finds_what_comparing_all_pairs_finds(drawn):
    distinct = tuple(dict.fromkeys(drawn))
    corpus = Corpus(distinct, np.array([distinct.index(one) for one in drawn], np.int64))
    for kind, near in neighbours(corpus).items():
        expected = [sum(joined(kind, one, other) for other in drawn) for one in distinct]
        assert near.reach(corpus.counts).tolist() == expected, kind


def test_groups_are_orbits_and_slots():
    corpus = Corpus.of_captions(["a red cup", "the red cups", "cup red", "blue cup", "dog"])
    assert corpus.sequences == (("red", "cup"), ("cup", "red"), ("blue", "cup"), ("dog",))
    assert corpus.counts.tolist() == [2, 1, 1, 1]
    assert sorted(orders(corpus).member) == [0, 1]
    assert sorted(slots(corpus).member) == [0, 2]
    assert slots(corpus).weight.tolist() == [0.5, 0.5]


@pytest.mark.parametrize(
    ("y", "negative", "kind"),
    [
        ("abc", "bac", Iterate(SWAP, 1)),
        ("abc", "bca", Iterate(SWAP, 2)),
        ("abcd", "badc", Iterate(SWAP, 2)),
        ("aabb", "bbaa", Iterate(SWAP, 2)),
        ("abcd", "bcda", Iterate(SWAP, 3)),
        ("abc", "abd", Iterate(REPLACE, 1)),
        ("abc", "xby", Iterate(REPLACE, 2)),
        ("abc", "xyz", Iterate(OTHER, 1)),
        ("abc", "axbc", Iterate(ADD, 1)),
        ("abc", "b", Iterate(ADD, 2)),
        ("abc", "xb", Iterate(OTHER, 1)),
        ("abc", "abcdef", Iterate(OTHER, 1)),
    ],
)
def test_what_joins_a_pair(y, negative, kind):
    assert joined_by(tuple(y), tuple(negative)) == kind
