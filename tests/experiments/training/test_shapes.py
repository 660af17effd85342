"""Shapes of worlds are had without building them, and are those of the worlds that are built."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.core import Tracer

from experiments.training.config import world_shapes
from scm import (
    Coverage,
    FixedSetConfig,
    HardNegativesConfig,
    PixelImagesConfig,
    SceneConfig,
    SentenceConfig,
    Swap,
    TokenConfig,
    VectorImagesConfig,
    named_key,
)

COVERED = SceneConfig(coverage=(Coverage(Swap(), rho=0.5, shown="hashed"),))

WORLDS = [
    SentenceConfig(),
    TokenConfig(),
    SceneConfig(),
    SceneConfig(nouns=("disc", "ring"), images=PixelImagesConfig()),
    SceneConfig(co_occurrence=1.0),
    COVERED,
    FixedSetConfig(COVERED, pairs=8),
    HardNegativesConfig(COVERED),
]

SEED = 11


def told(world):
    """Structure, shapes and dtypes, as a program that reads the world sees them."""
    leaves, structure = jax.tree.flatten(world)
    return structure, [(leaf.shape, jax.dtypes.canonicalize_dtype(leaf.dtype)) for leaf in leaves]


@pytest.mark.parametrize("config", WORLDS, ids=lambda config: type(config).__name__)
def test_shapes_are_those_of_the_world(config):
    shapes = world_shapes(config, SEED)
    assert all(isinstance(leaf, jax.ShapeDtypeStruct) for leaf in jax.tree.leaves(shapes))
    assert told(shapes) == told(config.build(named_key(jax.random.key(SEED), "world")))


@pytest.mark.parametrize("config", [COVERED, FixedSetConfig(COVERED, pairs=8)], ids=["", "set"])
def test_scenes_are_traced_and_not_built(config, monkeypatch):
    build, traced = VectorImagesConfig.build, []

    def noted(self, key, *sizes):
        traced.append(isinstance(key, Tracer))
        return build(self, key, *sizes)

    monkeypatch.setattr(VectorImagesConfig, "build", noted)
    world_shapes(config, SEED + 1)
    assert traced == [True]


@pytest.mark.parametrize("config", [COVERED, SceneConfig(co_occurrence=1.0)], ids=["covered", ""])
def test_a_world_that_a_program_builds_has_the_law_of_one_built_outside(config):
    key = jax.random.key(SEED)
    inside = jax.jit(lambda: config.build(key).cumulative)()
    outside = config.build(key).cumulative
    np.testing.assert_array_equal(inside, jnp.asarray(outside, inside.dtype))
    assert len(np.unique(outside)) > 2


class OfNumpy(SceneConfig):
    """A user's world, of whose key numpy makes something."""

    def build(self, key):
        assert np.asarray(jax.random.key_data(key)).size > 0
        return super().build(key)


def test_what_cannot_be_traced_is_built():
    assert told(world_shapes(OfNumpy(), SEED)) == told(world_shapes(SceneConfig(), SEED))
