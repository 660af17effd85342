"""A claim holds in worlds drawn at random, and is seen to fail where it does."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from experiments.exploring.claims import (
    condition_to_drop,
    finite_claims,
    put,
    put_to_random_worlds,
    small_failure,
)
from proofs_check import CLAIMS, IMAGE_SHOWS_SCENE, T6, T7, T10, T15, Comparison
from proofs_check.finite.family_conditions import ONE_SCENE_AN_ORBIT
from scm.arguments import ArgumentError

FINITE = tuple(f"T{number}" for number in range(6, 18))


def test_the_claims_of_finite_worlds_are_found():
    assert tuple(finite_claims()) == FINITE


@pytest.mark.parametrize("words", [False, True], ids=["tables", "words"])
@pytest.mark.parametrize("name", FINITE)
def test_each_holds_in_random_worlds(name, words):
    seen = []
    trials = put_to_random_worlds(
        CLAIMS[name], 4, seed_=0, words=words, report=lambda: seen.append(1)
    )
    assert len(trials) == len(seen) == 4
    assert all(trial.holds and trial.comparisons for trial in trials)
    assert all((trial.world.words is not None) == words for trial in trials)


def test_worlds_are_those_of_the_seed():
    def probabilities(seed):
        trials = put_to_random_worlds(T6, 6, seed_=seed, words=False)
        return [trial.world.probability.tolist() for trial in trials]

    assert probabilities(1) == probabilities(1) != probabilities(2)


def test_a_false_claim_ends_with_a_small_world_in_which_it_fails():
    few = dataclasses.replace(
        T6, measure=lambda world: [Comparison("captions", "<=", 2.0, float(world.captions))]
    )
    *before, last = put_to_random_worlds(few, 50, seed_=0, words=False)
    assert all(trial.holds for trial in before)
    assert not last.holds
    assert 3 <= last.world.captions <= 5


def test_numbers_are_refused():
    with pytest.raises(ArgumentError, match="n: expected an integer of at least 1, got 0"):
        put_to_random_worlds(T6, 0, seed_=0, words=False)
    with pytest.raises(ArgumentError, match="seed_: expected an integer of at least 0, got -1"):
        put_to_random_worlds(T6, 1, seed_=-1, words=False)


def test_a_claim_refuses_a_world_that_breaks_a_condition():
    trial = put(T7, T7.controls[0].world())
    assert not trial.holds
    assert trial.comparisons == ()
    assert trial.refused == (
        "world: expected a world in which no orbit holds two training captions that say different "
        "scenes (T7), got one that is not"
    )


@pytest.mark.parametrize(
    ("claim", "dropped"),
    [(T7, ONE_SCENE_AN_ORBIT), (T10, IMAGE_SHOWS_SCENE), (T15, IMAGE_SHOWS_SCENE)],
    ids=lambda one: getattr(one, "id", ""),
)
def test_without_a_condition_a_small_world_is_found_in_which_a_claim_fails(claim, dropped):
    assert condition_to_drop(claim) is dropped
    found = small_failure(claim, dropped, 0)
    assert found is not None
    assert not found.holds
    assert not dropped.holds(found.world)
    others = [condition for condition in claim.requires if condition is not dropped]
    assert all(condition.holds(found.world) for condition in others)
    # No caption is left that is neither drawn nor needed: two scenes in an orbit are.
    assert found.world.captions == 2
    assert np.all(found.world.support)


def test_some_claims_lose_a_condition_in_their_controls_alone():
    assert {name for name in FINITE if condition_to_drop(CLAIMS[name]) is None} == {
        *("T12", "T16", "T17")
    }
