"""Iterated operators against words spelled out, and T12 in random worlds."""

from __future__ import annotations

import dataclasses
from itertools import product

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import shortest_path

from proofs_check import FiniteWorld, assert_claim
from proofs_check.check import check_control
from proofs_check.claim import ConditionError
from proofs_check.finite.constructions import true_optimal_text
from proofs_check.quantities.iterated import hard_negative_counts, iterated, reached, undoable
from proofs_check.strategies import finite_worlds, scene_worlds
from proofs_check.theorems import t12
from proofs_check.theorems.t12 import T12
from scm import Add, Replace, SceneConfig, Swap, hard_negatives
from scm.arguments import ArgumentError
from scm.operators.orbits import Edges


def results_of_words(world, caption, depth):
    """All that words of length 1 to ``depth`` make of a caption, word by word."""
    successors = {name: set(zip(*edges, strict=True)) for name, edges in world.operators.items()}
    found = set()
    for length in range(1, depth + 1):
        for word in product(successors, repeat=length):
            captions = {caption}
            for name in word:
                captions = {z for y, z in successors[name] if y in captions}
            found |= captions
    return found


@given(finite_worlds(), st.integers(1, 4))
@settings(max_examples=200)
def test_counts_are_those_of_words_spelled_out(world, depth):
    captions = np.flatnonzero(world.support)
    counts = hard_negative_counts(world, captions, depth)
    for row, caption in zip(counts, captions, strict=True):
        for d in range(1, depth + 1):
            found = results_of_words(world, caption, d)
            assert row[d - 1] == sum(world.said[y] != world.said[caption] for y in found)


@given(finite_worlds())
@settings(max_examples=200)
def test_depths_are_distances_of_the_graph(world):
    source, target = (np.concatenate(ends) for ends in zip(*world.operators.values(), strict=True))
    size = (world.captions, world.captions)
    graph = coo_array((np.ones(len(source)), (source, target)), shape=size).tocsr()
    expected = shortest_path(graph, unweighted=True)
    found = np.full(size, np.inf)
    np.fill_diagonal(found, 0)
    start, caption, depth = reached(world, np.arange(world.captions))
    found[start, caption] = depth
    np.testing.assert_array_equal(found, expected)


SWAPS = SceneConfig(nouns=("cat", "dog", "hen"), definite=0.25)
EVERYTHING = SceneConfig(nouns=("cat", "dog", "hen"), max_objects=3, paraphrase=0.25)


@pytest.mark.parametrize(
    ("config", "family"), [(SWAPS, [Swap()]), (EVERYTHING, [Swap(), Replace(), Add()])]
)
def test_counts_are_those_of_captions_in_words(config, family):
    scenes = config.build(jax.random.key(0))
    world = FiniteWorld.from_scenes(scenes, family)
    assert world.words is not None
    counts = hard_negative_counts(world, np.arange(world.captions), 3)
    for caption in range(0, world.captions, 5):
        found = hard_negatives(scenes, world.words[caption], family, 3)
        depths = np.array([negative.depth for negative in found])
        assert counts[caption].tolist() == [int(np.sum(depths <= d)) for d in (1, 2, 3)]


def test_one_swap_of_two_atoms_is_exhausted_at_once():
    world = FiniteWorld.from_scenes(SWAPS.build(jax.random.key(0)), [Swap()])
    assert np.all(hard_negative_counts(world, np.arange(world.captions), 4) == 1)


@given(finite_worlds(), st.integers(1, 4))
@settings(max_examples=200)
def test_words_stay_in_the_orbit(world, depth):
    words = iterated(world, depth)
    np.testing.assert_array_equal(words.orbit, world.orbit)
    pairs = set(zip(*words.operators[f"WORDS {depth}"], strict=True))
    for caption in range(world.captions):
        results = results_of_words(world, caption, depth) - {caption}
        assert {z for y, z in pairs if y == caption} == results


@given(finite_worlds())
def test_where_steps_can_be_undone_the_whole_orbit_is_reached(world):
    both = undoable(world)
    start, caption, _ = reached(both, np.arange(world.captions))
    same = world.orbit[:, None] == world.orbit
    assert len(start) == same.sum() - world.captions
    assert same[start, caption].all()


def test_depths_below_one_are_refused():
    world = FiniteWorld.from_scenes(SWAPS.build(jax.random.key(0)), [Swap()])
    for refused in (iterated, lambda w, depth: hard_negative_counts(w, np.array([0]), depth)):
        with pytest.raises(ArgumentError, match="depth: expected an integer of at least 1, got 0"):
            refused(world, 0)


@given(finite_worlds())
@settings(max_examples=200)
def test_t12_in_random_worlds(world):
    assert_claim(T12, world)


@given(scene_worlds())
@settings(max_examples=10)
def test_t12_in_scene_worlds(world):
    assert_claim(T12, world)


TWO = np.array([0, 1])
ORDERS = FiniteWorld.from_tables(
    np.array([0.5, 0.0, 0.5]), np.arange(3), np.ones(3), {"SWAP": Edges(TWO, TWO[::-1])}
)
"""A caption, its SWAP, which is never drawn, and another."""


def test_t12_names_the_condition_that_is_broken():
    assert_claim(T12, ORDERS)
    with pytest.raises(ConditionError, match=r"captions say the scene they are of \(T12\)"):
        assert_claim(T12, dataclasses.replace(ORDERS, said=np.array([1, 0, 2])))


def test_t12_notices_an_encoder_that_reads_order(monkeypatch):
    monkeypatch.setattr(t12, "blindest_text", true_optimal_text)
    with pytest.raises(AssertionError, match="delta of g"):
        assert_claim(T12, ORDERS)


def test_t12_notices_counts_that_are_not_cumulative(monkeypatch):
    def counts(*args):
        return np.diff(hard_negative_counts(*args), axis=1, prepend=0)

    monkeypatch.setattr(t12, "hard_negative_counts", counts)
    with pytest.raises(AssertionError, match="least growth of hard negatives"):
        assert_claim(T12, ORDERS)


def test_t12_notices_words_that_leave_the_orbit(monkeypatch):
    stray = np.array([0, 1, 2])
    world = FiniteWorld.from_tables(
        np.array([0.5, 0.5]),
        np.array([0, 1, 1]),
        np.array([1.0, 1.0, 0.0]),
        {"SWAP": Edges(np.array([0]), np.array([2]))},
    )

    def leaves(world, depth):
        operators = {"WORDS": Edges(stray[:1], stray[depth : depth + 1])}
        return dataclasses.replace(world, operators=operators)

    assert_claim(T12, world)
    monkeypatch.setattr(t12, "iterated", leaves)
    failed = {comparison.metric for comparison in T12.compare(world) if not comparison.holds}
    assert "price of words, highest of all depths" in failed
    assert "encoders blind to operators or to words alone" in failed


@pytest.mark.parametrize("name", T12.worlds)
def test_worlds_bear_t12_out(name):
    assert_claim(T12, T12.worlds[name]())


@pytest.mark.parametrize("control", T12.controls, ids=lambda control: control.name)
def test_controls_of_t12_fail_as_predicted(control):
    assert all(verdict.holds for verdict in check_control(T12, control))
