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


def test_conditions_are_named():
    both = np.array([0, 1])
    world = FiniteWorld.from_tables(np.array([0.5, 0.5]), both, np.ones(2), {})
    told = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert_claim(T18, FeatureWorld(world, told, told))
    with pytest.raises(ConditionError, match=r"a FeatureWorld \(T18\)"):
        assert_claim(T18, world)
    with pytest.raises(ConditionError, match=r"least second moment.*\(T18\)"):
        assert_claim(T18, FeatureWorld(world, np.ones((2, 2)), told))
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
