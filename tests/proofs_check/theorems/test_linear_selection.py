"""T18 in random worlds of features, and in worlds that break its conditions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from proofs_check import T18, FiniteWorld, assert_claim
from proofs_check.claim import ConditionError
from proofs_check.finite.feature_world import FeatureWorld
from proofs_check.strategies import feature_worlds
from proofs_check.theorems.t18 import IMAGES, LEARNED_IN_TIME


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
