"""T18 in random worlds of features, and in worlds that break its conditions."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from proofs_check import T18, FiniteWorld, assert_claim
from proofs_check.claim import ConditionError
from proofs_check.finite.feature_world import FeatureWorld
from proofs_check.quantities.linear_encoders import SecondMoments
from proofs_check.strategies import feature_worlds
from proofs_check.theorems import linear_training
from proofs_check.theorems.t18 import IMAGES, LEARNED_IN_TIME
from tests.proofs_check.turned import turned


@given(feature_worlds().filter(IMAGES.holds).filter(LEARNED_IN_TIME.holds))
@settings(max_examples=25, suppress_health_check=[HealthCheck.filter_too_much])
def test_t18_in_random_worlds(world):
    assert_claim(T18, world)


def test_what_is_to_vanish_may_grow_first():
    """Found by search: the loss ends above the least by thousands of times what the start has."""
    law = np.array([2, 1, 1, 2]) / 6
    drawn = {"shown": [0, 0, 1, 1], "said": [0, 1, 0, 0], "image": [0, 2, 3, 0]}
    drawn |= {"scene": [0, 1, 1, 0], "caption": [0, 1, 1, 3]}
    tables = {name: np.array(table) for name, table in drawn.items()}
    finite = FiniteWorld(scenes=2, **tables, probability=law, operators={}, words=None)
    images = np.array([[0.0, -1.0], [0.0, 0.0], [0.0, 0.0], [1.0, 1.0]])
    captions = np.array([[0.0, 1.0], [1.0, -1.0], [0.0, 0.0], [0.0, 0.0]])
    world = FeatureWorld(finite, images, captions)
    moments, trained = SecondMoments.of(world), linear_training.train(world)
    lost = trained.end.loss(world) - moments.least_loss
    laws = world.image_law, world.caption_law
    started = [
        law @ np.sum(part**2, 1)
        for law, part in zip(laws, trained.start.embeddings(world), strict=True)
    ]
    assert lost > 1000 * np.prod(started)
    assert_claim(T18, world)


def test_conditions_are_named():
    both = np.array([0, 1])
    world = FiniteWorld.from_tables(np.array([0.5, 0.5]), both, np.ones(2), {})
    told = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert_claim(T18, FeatureWorld(world, told, told))
    with pytest.raises(ConditionError, match=r"a FeatureWorld \(T18\)"):
        assert_claim(T18, world)
    with pytest.raises(ConditionError, match=r"least second moment.*\(T18\)"):
        assert_claim(T18, FeatureWorld(world, np.ones((2, 2)), told))
    odd = FiniteWorld.from_tables(np.array([0.3, 0.7]), both, np.ones(2), {})
    with pytest.raises(ConditionError, match=r"least second moment.*\(T18\)"):
        # A mean of equal numbers, off by rounding.
        assert_claim(T18, FeatureWorld(odd, np.full((2, 2), 0.1), np.full((2, 2), 0.1)))
    with pytest.raises(ValueError, match="captions: expected 2 rows of features, got 1"):
        FeatureWorld(world, told, told[:1])


@pytest.mark.parametrize("control", T18.controls, ids=lambda control: control.name)
def test_controls_fail_as_predicted(control):
    assert all(comparison.holds for comparison in control.failure(control.world()))


def test_t18_turns_when_encoders_are_untrained(monkeypatch):
    world = T18.worlds["orders in a line"]()
    monkeypatch.setattr(linear_training, "STEPS", 0)
    assert {"loss above the least", "novel half"} <= turned(T18.measure(world))


def test_t18_turns_when_the_start_is_large(monkeypatch):
    world = T18.worlds["orders in a ring"]()
    large = partial(linear_training.train, scale=1.0)
    monkeypatch.setattr(linear_training, "train", large)
    assert "cosines of the ranges less the limit's" in turned(T18.measure(world))


def test_t18_turns_when_the_critic_is_another(monkeypatch):
    """S_xy itself, which is where descent begins."""
    world = T18.worlds["orders in a ring"]()
    monkeypatch.setattr(SecondMoments, "critic", property(lambda moments: moments.cross))
    assert "scores less their closed form, beyond kernels" in turned(T18.measure(world))
