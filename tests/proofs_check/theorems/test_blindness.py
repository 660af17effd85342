"""T6 to T9 and T11 in random worlds, and in worlds that break their conditions."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs_check import T6, T7, T8, T9, T11, FiniteWorld, assert_claim
from proofs_check.claim import ConditionError
from proofs_check.finite.constructions import true_optimal_text
from proofs_check.finite.family_conditions import MAKES_HARD_NEGATIVES, SCENES_MEET_IN_AN_ORBIT
from proofs_check.strategies import finite_worlds, scene_worlds
from proofs_check.theorems import t6
from scm.operators.orbits import Edges

OPERATORS = {"SWAP": T7, "REPLACE": T8, "ADD": T9}


@given(finite_worlds())
@settings(max_examples=200)
def test_t6_in_random_worlds(world):
    assert_claim(T6, world)


@given(scene_worlds())
@settings(max_examples=50)
def test_t6_in_scene_worlds(world):
    assert_claim("T6", world)


@pytest.mark.parametrize("name", OPERATORS)
@given(data=st.data())
@settings(max_examples=200)
def test_t7_to_t9_in_random_worlds(name, data):
    worlds = finite_worlds([name], permissive=True).filter(MAKES_HARD_NEGATIVES.holds)
    assert_claim(OPERATORS[name], data.draw(worlds))


@given(finite_worlds().filter(SCENES_MEET_IN_AN_ORBIT.holds))
@settings(max_examples=200)
def test_t11_in_random_worlds(world):
    assert_claim(T11, world)


BOTH = np.array([0, 1])
PERMISSIVE = FiniteWorld(
    scenes=2,
    shown=BOTH,
    said=np.array([0, 0, 1, 1]),
    image=BOTH,
    scene=BOTH,
    caption=np.array([0, 3]),
    probability=np.array([0.5, 0.5]),
    operators={"SWAP": Edges(np.array([0, 1]), np.array([2, 3]))},
)
"""Scenes 0 and 1 with two captions each, and a SWAP that takes each of scene 0's to scene 1."""

FORCING = dataclasses.replace(PERMISSIVE, operators={"SWAP": Edges(np.array([0]), np.array([3]))})
"""As `PERMISSIVE`, with the two training captions in one orbit."""


def broken(world):
    """For each condition that all of the claims share, the world with it broken."""
    return {
        "captions say the scene": dataclasses.replace(world, said=world.said[::-1]),
        "images show the scene": dataclasses.replace(world, shown=BOTH[::-1]),
        "independent given the scene": dataclasses.replace(
            world,
            shown=np.array([0, 1, 1]),
            image=np.array([0, 1, 2]),
            scene=np.array([0, 1, 1]),
            caption=np.array([0, 2, 3]),
            probability=np.array([0.5, 0.25, 0.25]),
        ),
    }


def holds_of(claim):
    """A world that meets the conditions of a claim."""
    names = {other.id: name for name, other in OPERATORS.items()}
    operators = {names.get(claim.id, "SWAP"): PERMISSIVE.operators["SWAP"]}
    return FORCING if claim is T11 else dataclasses.replace(PERMISSIVE, operators=operators)


@pytest.mark.parametrize("claim", [T6, *OPERATORS.values(), T11], ids=lambda claim: claim.id)
def test_a_shared_condition_that_is_broken_is_named(claim):
    world = holds_of(claim)
    assert_claim(claim, world)
    for condition, other in broken(world).items():
        with pytest.raises(ConditionError, match=rf"world: expected .*{condition}.*\({claim.id}\)"):
            assert_claim(claim, other)


@pytest.mark.parametrize("name", OPERATORS)
def test_what_t7_to_t9_assume_of_the_family_is_named(name):
    claim = OPERATORS[name]
    world = holds_of(claim)
    edges = world.operators[name]
    for changed, text in (
        ({"OTHER": edges}, f"whose family is {name} alone"),
        ({name: edges, "OTHER": edges}, f"whose family is {name} alone"),
        ({name: Edges(np.array([0]), np.array([1]))}, "make a hard negative of a training"),
        ({name: Edges(np.array([0]), np.array([3]))}, "no orbit holds two training captions"),
    ):
        with pytest.raises(ConditionError, match=text):
            assert_claim(claim, dataclasses.replace(world, operators=changed))


def test_t11_needs_an_orbit_where_scenes_meet():
    with pytest.raises(ConditionError, match="an orbit holds two training captions that say"):
        assert_claim(T11, PERMISSIVE)


def test_t6_notices_an_encoder_that_is_not_blind_where_it_can_be(monkeypatch):
    monkeypatch.setattr(t6, "blindest_text", true_optimal_text)
    with pytest.raises(AssertionError, match="T6: expected orbits where g is blind against T6"):
        assert_claim(T6, PERMISSIVE)
