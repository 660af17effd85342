"""T14 and T15 in random worlds, and in worlds that break their conditions."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs_check import T6, T14, T15, FiniteWorld, assert_claim
from proofs_check.claim import ConditionError
from proofs_check.finite.constructions import true_optimal_text
from proofs_check.finite.exchanged import exchanged
from proofs_check.finite.family_conditions import MAKES_HARD_NEGATIVES
from proofs_check.finite.scene_laws import scene_telling_image
from proofs_check.strategies import families, finite_worlds
from proofs_check.theorems import t14, t15
from scm.operators.orbits import Edges


@given(finite_worlds(permissive=True).filter(MAKES_HARD_NEGATIVES.holds))
@settings(max_examples=200)
def test_t14_in_random_worlds(world):
    assert_claim(T14, world)


@given(finite_worlds(), st.data())
@settings(max_examples=200)
def test_t6_holds_with_image_and_text_exchanged(world, data):
    assert_claim(T6, exchanged(world, data.draw(families(world.images))))


@given(finite_worlds())
@settings(max_examples=200)
def test_t15_in_random_worlds(world):
    assert_claim(T15, world)


@st.composite
def worlds_with_ties(draw):
    """Three to five scenes of two laws, over up to three orbits that each hold all scenes."""
    orbits = draw(st.integers(1, 3))
    weights = st.lists(st.integers(0, 3), min_size=orbits, max_size=orbits).filter(any)
    laws = np.array([draw(weights), draw(weights)], float)
    of_scene = np.array(draw(st.lists(st.integers(0, 1), min_size=3, max_size=5)))
    scenes = len(of_scene)
    p = np.array(draw(st.lists(st.integers(1, 4), min_size=scenes, max_size=scenes)), float)
    caption = np.arange(scenes * orbits)
    return FiniteWorld.from_tables(
        p / p.sum(),
        caption // orbits,
        (laws / laws.sum(axis=1, keepdims=True))[of_scene].ravel(),
        {"REPLACE": Edges(caption[:-orbits], caption[orbits:])},
    )


@given(worlds_with_ties())
@settings(max_examples=200)
def test_t15_in_random_worlds_with_ties(world):
    comparisons = T15.compare(world)
    assert [c for c in comparisons if not c.holds] == []
    (broken,) = (c for c in comparisons if c.metric == "excess, ties broken by 1 nat")
    assert broken.measured > broken.predicted - 1e-10 > 1e-4


BOTH = np.array([0, 1])
NOVEL = FiniteWorld(
    scenes=2,
    shown=BOTH,
    said=BOTH,
    image=np.array([0]),
    scene=np.array([0]),
    caption=np.array([0]),
    probability=np.array([1.0]),
    operators={"SWAP": Edges(np.array([0]), np.array([1]))},
)
"""Scene 0 is drawn, and the SWAP of its caption says scene 1, which has an image too."""

TIED = dataclasses.replace(
    NOVEL, image=BOTH, scene=BOTH, caption=BOTH, probability=np.array([0.5, 0.5])
)
"""As `NOVEL`, with both scenes drawn."""


def test_conditions_of_t14_are_named():
    assert_claim(T14, NOVEL)
    for changed, text in (
        ({"said": BOTH[::-1]}, "captions say the scene"),
        ({"shown": BOTH[::-1]}, "images show the scene"),
        ({"shown": np.array([0, 0])}, "an image of every scene"),
        ({"operators": {"SWAP": Edges(BOTH, BOTH)}}, "make a hard negative of a training"),
    ):
        with pytest.raises(ConditionError, match=rf"world: expected .*{text}.*\(T14\)"):
            assert_claim(T14, dataclasses.replace(NOVEL, **changed))
    with pytest.raises(ConditionError, match=r"no orbit holds two training .*\(T14\)"):
        assert_claim(T14, TIED)


def test_conditions_of_t15_are_named():
    assert_claim(T15, TIED)
    with pytest.raises(ConditionError, match=r"images show the scene.*\(T15\)"):
        assert_claim(T15, dataclasses.replace(TIED, shown=BOTH[::-1]))
    dependent = dataclasses.replace(
        TIED, shown=np.zeros(2, int), said=np.zeros(2, int), scene=np.zeros(2, int)
    )
    with pytest.raises(ConditionError, match=r"independent given the scene.*\(T15\)"):
        assert_claim(T15, dependent)


def test_t14_notices_a_text_encoder_that_sees(monkeypatch):
    monkeypatch.setattr(t14, "pseudo_optimal_text", true_optimal_text)
    with pytest.raises(AssertionError, match=r"T14: expected E \|\|f\(x~\) - g\(y'\)\|\|\^2 ~= "):
        assert_claim(T14, NOVEL)


def test_t15_notices_an_image_encoder_that_reads_more(monkeypatch):
    monkeypatch.setattr(t15, "law_reading_image", scene_telling_image)
    with pytest.raises(AssertionError, match="T15: expected laws told, f reads"):
        assert_claim(T15, TIED)


@pytest.mark.parametrize("claim", [T14, T15], ids=lambda claim: claim.id)
def test_worlds_and_controls_are_as_predicted(claim):
    for world in claim.worlds.values():
        assert_claim(claim, world())
    for control in claim.controls:
        assert all(comparison.holds for comparison in control.failure(control.world()))
