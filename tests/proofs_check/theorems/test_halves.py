"""T17 in random worlds, and in worlds that break its conditions."""

from __future__ import annotations

import dataclasses
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings

from proofs_check import T17, FiniteWorld, assert_claim
from proofs_check.claim import ConditionError
from proofs_check.finite.family_conditions import MAKES_HARD_NEGATIVES
from proofs_check.finite.hard_pairs import HardPairs
from proofs_check.finite.table_encoder import TableEncoder
from proofs_check.quantities.cosine_minimum import minimise_by_cosine
from proofs_check.quantities.displacements import Displacements
from proofs_check.strategies import finite_worlds, noisy_worlds
from proofs_check.theorems import t17
from scm.operators.orbits import Edges
from tests.proofs_check.turned import turned

BOTH = np.array([0, 1])
WORLD = FiniteWorld.from_tables(
    np.array([0.5, 0.5]),
    np.array([0, 1, 1]),
    np.array([1.0, 1.0, 0.0]),
    {"SWAP": Edges(BOTH, np.array([2, 0]))},
)
"""Two scenes, and a hard negative of each caption, one of them never drawn."""


@given(finite_worlds().filter(MAKES_HARD_NEGATIVES.holds))
@settings(max_examples=50)
def test_t17_in_random_worlds(world):
    assert_claim(T17, world)


@given(noisy_worlds().filter(MAKES_HARD_NEGATIVES.holds))
@settings(max_examples=25)
def test_t17_where_all_pairs_are_drawn(world):
    assert_claim("T17", world)


def test_conditions_are_named():
    assert_claim(T17, WORLD)
    blank = dataclasses.replace(WORLD, shown=np.zeros(2, int), scene=np.zeros(2, int))
    with pytest.raises(ConditionError, match=r"an image of every scene.*\(T17\)"):
        assert_claim(T17, blank)
    with pytest.raises(ConditionError, match=r"make a hard negative of a training.*\(T17\)"):
        assert_claim(T17, dataclasses.replace(WORLD, operators={}))


@pytest.mark.parametrize("control", T17.controls, ids=lambda control: control.name)
def test_controls_fail_as_predicted(control):
    assert all(comparison.holds for comparison in control.failure(control.world()))


def of_lengths(lengths):
    """Random encoders whose embeddings have these lengths in turn."""
    random = t17._random

    def embed(n, seed):
        return TableEncoder(np.resize(lengths, (n, 1)) * random(n, seed).embeddings)

    return embed


def test_captions_of_one_length_are_enough():
    pairs = HardPairs.of(WORLD)
    f, g = (of_lengths([1.5])(n, n) for n in (WORLD.images, WORLD.captions))
    assert all(comparison.holds for comparison in t17._identities(pairs, f, g))


def test_captions_of_different_lengths_are_noticed(monkeypatch):
    monkeypatch.setattr(t17, "_random", of_lengths([1.0, 1.5]))
    with pytest.raises(AssertionError, match="T17: expected familiar margin less its closed form"):
        assert_claim(T17, WORLD)


@pytest.mark.parametrize("name", T17.worlds)
def test_t17_turns_when_encoders_are_untrained(monkeypatch, name):
    untrained = partial(minimise_by_cosine, steps=0)
    monkeypatch.setattr(t17, "minimise_by_cosine", untrained)
    assert "largest |e|, found by descent" in turned(T17.measure(T17.worlds[name]()))


def test_t17_turns_when_the_threshold_is_another(monkeypatch):
    """Half of |dg|^2, and not all of it."""
    world = T17.worlds["one order of each pair"]()
    wrong = property(
        lambda moved: np.sum(moved.image * moved.text, axis=1) > np.sum(moved.text**2, axis=1)
    )
    monkeypatch.setattr(Displacements, "composes", wrong)
    assert turned(T17.measure(world)) == {"novel halves against cos(df, dg), found"}
