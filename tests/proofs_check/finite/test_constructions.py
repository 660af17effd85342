"""Constructed encoders: against the definitions, orbit by orbit, and on tokens."""

from __future__ import annotations

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.encoders import Encoder
from proofs_check import FiniteWorld, strategies
from proofs_check.finite.constructions import (
    NoBlindOptimumError,
    blindest_text,
    image_orbits,
    orbit_criterion,
    pseudo_optimal_image,
    pseudo_optimal_text,
    true_optimal_image,
    true_optimal_text,
)
from proofs_check.finite.table_encoder import TableEncoder, TokenTableEncoder, sphere_codes
from scm import Coverage, SceneConfig, Swap
from scm.arguments import ArgumentError
from scm.operators.orbits import Edges, scene_edges


@given(st.integers(2, 1000))
def test_sphere_codes_are_distinct_unit_vectors(n):
    codes = sphere_codes(n)
    np.testing.assert_allclose(np.linalg.norm(codes, axis=1), 1.0, atol=1e-14)
    cosines = codes @ codes.T - 2 * np.eye(n)
    assert cosines.max() < 1 - 3.5 / n


def says_one_scene(world, members):
    return len({world.said[y] for y in members if world.support[y]}) <= 1


@given(strategies.finite_worlds())
def test_the_criterion_is_that_of_the_definition(world):
    criterion = orbit_criterion(world)
    for label, constant in enumerate(criterion):
        assert constant == says_one_scene(world, np.flatnonzero(world.orbit == label))


@given(strategies.finite_worlds())
def test_g_is_blind_where_it_can_be_and_optimal_in_training(world):
    optimal = true_optimal_text(world).embeddings
    blindest = blindest_text(world).embeddings
    drawn = world.support
    np.testing.assert_array_equal(blindest[drawn], optimal[drawn])
    for label, constant in enumerate(orbit_criterion(world)):
        members = world.orbit == label
        if constant:
            assert len(np.unique(blindest[members], axis=0)) == 1
        else:
            np.testing.assert_array_equal(blindest[members], optimal[members])


@given(strategies.finite_worlds())
def test_g_is_pseudo_optimal_or_two_captions_say_why_not(world):
    if orbit_criterion(world).all():
        blind = pseudo_optimal_text(world).embeddings
        np.testing.assert_array_equal(blind, blindest_text(world).embeddings)
        return
    with pytest.raises(NoBlindOptimumError) as caught:
        pseudo_optimal_text(world)
    first, second = caught.value.pair
    assert world.support[[first, second]].all()
    assert world.orbit[first] == world.orbit[second] == caught.value.orbit
    assert world.said[first] != world.said[second]


SETTINGS = SceneConfig(nouns=("cat", "dog", "owl"), paraphrase=0.25)


def scene_world(rho):
    config = dataclasses.replace(SETTINGS, coverage=(Coverage(rho=rho),))
    scenes = config.build(jax.random.key(0))
    return scenes, FiniteWorld.from_scenes(scenes, [Swap()])


def test_an_orbit_that_forbids_blindness_is_named_in_words():
    _, world = scene_world(1.0)
    with pytest.raises(NoBlindOptimumError) as caught:
        pseudo_optimal_text(world)
    assert world.words is not None
    first, second = (world.words[caption] for caption in caught.value.pair)
    assert f"got {first!r} and {second!r} in one orbit" in str(caught.value)
    assert sorted(first.split()) == sorted(second.split())
    with pytest.raises(NoBlindOptimumError, match=r"got 'caption 0 of scene 0' and"):
        pseudo_optimal_text(dataclasses.replace(world, words=None))


def test_labels_and_codes_may_be_given():
    _, world = scene_world(1.0)
    own = world.said * 7 + 3
    codes = np.eye(world.scenes)
    encoder = pseudo_optimal_text(world, own, codes)
    np.testing.assert_array_equal(encoder.embeddings, codes[world.said])
    assert orbit_criterion(world, own).all()
    assert not orbit_criterion(world).any()


def test_f_is_blind_to_operators_on_images():
    scenes, world = scene_world(0.0)
    label = image_orbits(world, [scene_edges(Swap(), scenes.grammar)])
    optimal, blind = true_optimal_image(world), pseudo_optimal_image(world, label)
    drawn = np.unique(world.image)
    np.testing.assert_array_equal(blind.embeddings[drawn], optimal.embeddings[drawn])
    for edge in zip(*scene_edges(Swap(), scenes.grammar), strict=True):
        np.testing.assert_array_equal(*blind.embeddings[list(edge)])
    with pytest.raises(NoBlindOptimumError, match=r"got 'image 0 of scene 0' and 'image 2 of"):
        pseudo_optimal_image(scene_world(1.0)[1], label)


def test_all_images_of_a_scene_go_where_the_scene_goes():
    world = FiniteWorld(
        scenes=3,
        shown=np.array([0, 0, 1, 2]),
        said=np.array([0, 1, 2]),
        image=np.array([0, 3]),
        scene=np.array([0, 2]),
        caption=np.array([0, 2]),
        probability=np.array([0.5, 0.5]),
    )
    label = image_orbits(world, [Edges(np.array([0]), np.array([1]))])
    assert label.tolist() == [0, 0, 0, 1]
    blind = pseudo_optimal_image(world, label)
    np.testing.assert_array_equal(blind.embeddings, sphere_codes(3)[[0, 0, 0, 2]])


@pytest.mark.usefixtures("strict_promotion")
def test_tables_read_tokens_on_the_host_and_in_jit():
    scenes, world = scene_world(0.5)
    table = scenes.caption_table()
    optimal = true_optimal_text(world, np.eye(world.scenes, dtype=np.float32))
    encoder = TokenTableEncoder(table, optimal)
    assert isinstance(encoder, Encoder)
    assert isinstance(optimal, Encoder)
    expected = np.eye(world.scenes)[world.said]
    np.testing.assert_array_equal(encoder(table.tokens), expected)
    found = jax.jit(lambda tokens: encoder(tokens))(jnp.asarray(table.tokens))
    np.testing.assert_array_equal(found, expected)
    assert np.isnan(encoder(np.zeros_like(table.tokens))).all()


def test_a_table_is_read_by_index():
    encoder = TableEncoder(np.array([[1.0, 0.0], [0.0, 1.0]]))
    np.testing.assert_array_equal(encoder(np.array([1, 1, 0])), [[0, 1], [0, 1], [1, 0]])


@pytest.mark.parametrize(
    ("codes", "text"),
    [
        (lambda n: np.ones((n, 1)), r"codes: expected \d+ that differ, got 1"),
        (lambda n: np.eye(n)[:-1], r"codes: expected (\d+) codes, one a scene, got \d+"),
        (lambda n: 2.0 * np.eye(n), r"codes: expected vectors of length 1, got \[2.0\]"),
        (lambda n: np.full((n, 2), np.nan), "embeddings: expected a table of finite numbers"),
    ],
)
@pytest.mark.parametrize(
    "make", [true_optimal_text, true_optimal_image, blindest_text, pseudo_optimal_text]
)
@pytest.mark.usefixtures("as_users_run")
def test_codes_that_do_not_tell_scenes_apart_are_refused(make, codes, text):
    _, world = scene_world(0.0)
    with pytest.raises(ArgumentError, match=text):
        make(world, codes=codes(world.scenes))


@pytest.mark.usefixtures("as_users_run")
def test_labels_of_images_are_one_an_image():
    _, world = scene_world(0.0)
    with pytest.raises(ArgumentError, match=rf"label: expected {world.images} integers, got 1"):
        pseudo_optimal_image(world, np.zeros(1, int))
