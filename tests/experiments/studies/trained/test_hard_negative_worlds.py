"""Worlds where composition is hard: how many hard negatives are drawn, what blindness costs."""

from __future__ import annotations

import itertools
import math

import jax
import numpy as np
import pytest

from experiments.studies.trained.hard_negative_worlds import HARD, LARGE, OPERATORS
from proofs_check import FiniteWorld
from proofs_check.quantities.surcharge import caption_law, transfer_excess
from scm.operators.orbits import orbits


def test_how_many_hard_negatives_are_never_drawn():
    """By counting scenes: of SWAP all, of REPLACE 25.8 %, of ADD 37.5 %.

    The smaller of 4 nouns is on the left; each object has one of 2 colours or none, and the fill
    or none; of these 4 attributes one is free at least.
    """
    swap, replace, add = [], [], []
    for left, right in itertools.combinations(range(4), 2):
        for colours in itertools.product((None, 0, 1), repeat=2):
            for fills in itertools.product((None, 0), repeat=2):
                free = [*colours, *fills].count(None)
                if free == 0:
                    continue
                swap.append(1.0)
                others = set(range(4)) - {left, right}
                # Another noun on either side, drawn if the order is kept; the other colour.
                nouns = [noun > right for noun in others] + [noun < left for noun in others]
                coloured = 2 - colours.count(None)
                replace.append(sum(nouns) / (len(nouns) + coloured))
                # One of two colours, or the fill: what fills the last free attribute has no
                # negative of ADD, and is not drawn.
                add.append(float(free == 1))
    expected = {"SWAP": np.mean(swap), "REPLACE": np.mean(replace), "ADD": np.mean(add)}
    assert len(swap) == 192
    assert {name: round(100 * rate, 1) for name, rate in expected.items()} == {
        "SWAP": 100.0,
        "REPLACE": 25.8,
        "ADD": 37.5,
    }
    captions = HARD.caption_table(jax.random.key(0))
    table = FiniteWorld.from_captions(captions, list(OPERATORS.values()))
    law = caption_law(table)
    for name, edges in table.operators.items():
        rate = np.zeros(table.captions)
        for y in np.flatnonzero(table.support):
            negatives = {
                z for z in edges.target[edges.source == y] if table.said[z] != table.said[y]
            }
            rate[y] = np.mean([not table.support[z] for z in negatives])
        assert law @ rate == pytest.approx(expected[name]), name


def test_more_words_leave_blindness_little_to_cost():
    """Nouns of either side and each attribute, there or not, are classes of who does not see them.

    Who is blind to REPLACE sees which of six attributes there are: each is one of two colours or
    none, or there or not. Who is blind to ADD sees the pair of nouns. Two pairs of a batch that
    look the same cost log 2 on the mean of both directions; K = 2 has no others.
    """
    world = LARGE.caption_table(jax.random.key(0))
    table = FiniteWorld.from_captions(world, list(OPERATORS.values()))
    shown = [
        present
        for present in itertools.product((0, 1), repeat=6)
        for _ in range(2 ** (present[0] + present[1]))
        if not all(present)
    ]
    assert len(np.flatnonzero(table.support)) == 15 * len(shown) == 15 * 140
    alike = {
        "SWAP": 1 / (15 * 140),
        "REPLACE": sum(np.square([shown.count(one) for one in set(shown)])) / 140**2,
        "ADD": 1 / 15,
    }
    none = np.empty((table.captions, 0), int)
    for name, edges in table.operators.items():
        label = orbits(table.captions, [edges])
        expected = math.log(2) * (alike[name] - alike["SWAP"])
        assert transfer_excess(table, none, label, 2) == pytest.approx(expected, abs=1e-9), name
