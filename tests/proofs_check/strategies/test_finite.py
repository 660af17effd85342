"""What random worlds promise, and that they are of all kinds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from proofs_check.finite.conditions import IMAGE_SHOWS_SCENE, INDEPENDENT_GIVEN_SCENE, RECOVERABLE
from proofs_check.finite.constructions import orbit_criterion
from proofs_check.strategies import (
    families,
    feature_worlds,
    finite_worlds,
    noisy_worlds,
    scene_worlds,
)
from proofs_check.strategies.finite import NAMES
from proofs_check.theorems.linear_training import one_feature

CONDITIONS = (RECOVERABLE, IMAGE_SHOWS_SCENE, INDEPENDENT_GIVEN_SCENE)


@given(finite_worlds())
def test_worlds_meet_the_conditions_of_assumption_4(world):
    assert all(condition.holds(world) for condition in CONDITIONS)
    assert set(world.operators) <= set(NAMES)


@given(finite_worlds(["MINE"], permissive=True))
def test_permissive_worlds_permit_blindness(world):
    assert all(condition.holds(world) for condition in CONDITIONS)
    assert orbit_criterion(world).all()
    assert list(world.operators) == ["MINE"]


@given(scene_worlds())
@settings(max_examples=25)
def test_scene_worlds_meet_the_conditions_and_speak(world):
    assert all(condition.holds(world) for condition in CONDITIONS)
    assert world.words is not None
    assert len(set(world.words)) == world.captions


@given(scene_worlds(permissive=True))
@settings(max_examples=25)
def test_permissive_scene_worlds_permit_blindness(world):
    assert orbit_criterion(world).all()


@given(st.integers(1, 9).flatmap(lambda n: st.tuples(st.just(n), families(n, ["A", "B"]))))
def test_families_act_on_the_captions_there_are(drawn):
    captions, family = drawn
    assert family
    for source, target in family.values():
        assert len(source) == len(target) > 0
        assert 0 <= np.min([source, target]) <= np.max([source, target]) < captions


KINDS = {
    "never drawn captions": lambda world: not world.support.all(),
    "never drawn scenes": lambda world: len(np.unique(world.scene)) < world.scenes,
    "two images of a scene": lambda world: (
        len(np.unique(world.image)) > len(np.unique(world.scene))
    ),
    "partial": lambda world: any(
        len(np.unique(source)) < world.captions for source, _ in world.operators.values()
    ),
    "multi-valued": lambda world: any(
        np.bincount(source).max() > 1 for source, _ in world.operators.values()
    ),
    "several operators": lambda world: len(world.operators) > 1,
    "some orbits permit": lambda world: (
        0 < orbit_criterion(world).sum() < len(orbit_criterion(world))
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_worlds_are_of_all_kinds(kind):
    first = settings(phases=[Phase.generate], derandomize=True, database=None)
    find(finite_worlds(), KINDS[kind], settings=first)


@given(noisy_worlds())
def test_any_image_of_a_noisy_world_is_drawn_with_any_caption(world):
    assert len(world.probability) == world.images * world.captions
    assert RECOVERABLE.holds(world)
    assert not IMAGE_SHOWS_SCENE.holds(world)


@given(feature_worlds())
def test_feature_worlds_have_a_row_for_each_image_and_caption(world):
    assert len(world.images) == world.world.images
    assert len(world.captions) == world.world.captions
    for rows, law in (
        (world.centred_images, world.image_law),
        (world.centred_captions, world.caption_law),
    ):
        assert np.allclose(law @ rows, 0.0, atol=1e-12)
    assert world.joint.sum(axis=1) == pytest.approx(world.image_law)
    assert world.joint.sum(axis=0) == pytest.approx(world.caption_law)


def test_some_feature_worlds_have_one_vector_a_scene():
    first = settings(phases=[Phase.generate], derandomize=True, database=None)
    for one in (True, False):
        find(feature_worlds(), lambda world, one=one: one_feature(world) == one, settings=first)
