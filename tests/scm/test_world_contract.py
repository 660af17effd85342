"""What every world keeps: shapes, purity, one program a shape, the same under jit and vmap."""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from scm import (
    WORLDS,
    Batch,
    Coverage,
    FixedSetConfig,
    HardNegativesConfig,
    MixingConfig,
    PixelImagesConfig,
    Replace,
    SceneConfig,
    SentenceConfig,
    ShuffledConfig,
    Swap,
    TokenConfig,
    VectorImagesConfig,
    World,
    WorldConfig,
    block_sides,
)

KEY = jax.random.key(1)
N = 64

ROUNDING = 1e-4
"""Programs that fuse operations in other ways differ by float32's 1e-7 times the values' size, some
10, the number of operations in a row, and the mixings' gains: below 1e-4."""


class Example(NamedTuple):
    """A config, and one that differs from it in numeric settings alone."""

    config: WorldConfig
    sibling: WorldConfig


gentle = MixingConfig(slope=0.5, condition=4.0, corner=0.2)
vectors = VectorImagesConfig(code_size=6, n_dp=2, n_pr=2)

EXAMPLES = {
    "sentence": Example(
        SentenceConfig(),
        SentenceConfig(
            law="dag",
            edge_probability=0.7,
            strength=2.0,
            causal=True,
            style="copy",
            style_change=0.3,
            unwritten=1,
            unseen=2,
            mixing_img=gentle,
            mixing_txt=gentle,
        ),
    ),
    "tokens": Example(
        TokenConfig(),
        TokenConfig(
            law="gaussian",
            causal=True,
            spread="all",
            dependence=1.0,
            unwritten=2,
            unmentioned=0.5,
            mixing_img=gentle,
        ),
    ),
    "scenes": Example(
        SceneConfig(images=vectors),
        SceneConfig(images=vectors, coverage=(Coverage(Swap(), 0.5),)),
    ),
    "scenes of pixels": Example(
        SceneConfig(images=PixelImagesConfig(resolution=16)),
        SceneConfig(images=PixelImagesConfig(resolution=16, jitter=0.5, sensor_noise=0.25)),
    ),
    "shuffled": Example(
        ShuffledConfig(SceneConfig(images=vectors)),
        ShuffledConfig(SceneConfig(images=vectors, coverage=(Coverage(Swap(), 0.5),))),
    ),
    "fixed set": Example(
        FixedSetConfig(SceneConfig(images=vectors), 96),
        FixedSetConfig(SceneConfig(images=vectors, coverage=(Coverage(Swap(), 0.5),)), 96),
    ),
    "hard negatives": Example(
        HardNegativesConfig(SceneConfig(images=vectors), (Swap(), Replace()), 2, 3),
        HardNegativesConfig(
            SceneConfig(images=vectors, coverage=(Coverage(Swap(), 0.5),)),
            (Swap(), Replace()),
            2,
            3,
        ),
    ),
}

_traces = []


@jax.jit
def _sample(world, key):
    _traces.append(world)
    return world.sample(key, N)


_sample_stacked = jax.jit(jax.vmap(lambda world, key: world.sample(key, N)))


@pytest.fixture(scope="module", params=EXAMPLES)
def example(request) -> Example:
    return EXAMPLES[request.param]


@pytest.fixture(scope="module")
def world(example):
    return example.config.build(jax.random.key(0))


@pytest.fixture(scope="module")
def sibling(example):
    return example.sibling.build(jax.random.key(0))


def assert_same_bits(one, other):
    jax.tree.map(np.testing.assert_array_equal, one, other)


def assert_same(one, other):
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, atol=ROUNDING, rtol=0), one, other)


def test_every_registered_world_has_an_example():
    assert set(WORLDS.values()) <= {type(example.config) for example in EXAMPLES.values()}


def test_configs_are_settings_of_worlds(example, world):
    assert isinstance(example.config, WorldConfig)
    assert isinstance(world, World)
    assert hash(example.config) != hash(example.sibling)


def test_a_batch_has_a_row_for_every_pair_and_numbers_in_it(world):
    batch = _sample(world, KEY)
    assert isinstance(batch, Batch)
    assert "z_inv" in batch.latents
    arrays = {"image": batch.image, "text": batch.text, **batch.latents}
    if batch.negatives is not None:
        arrays["negatives"] = batch.negatives
    for name, rows in arrays.items():
        assert rows.shape[0] == N, name
        assert rows.dtype in (jnp.float32, jnp.int32), name
        assert not rows.weak_type, name
        assert bool(jnp.isfinite(rows).all()), name


def test_the_sides_of_blocks_are_those_of_a_batch(example, world):
    sides = block_sides(example.config)
    assert sides.keys() == _sample(world, KEY).latents.keys()
    assert set(sides.values()) == {"shared", "image", "text"}
    assert sides["z_inv"] == "shared"


def test_the_same_keys_give_the_same_bits(example, world):
    again = example.config.build(jax.random.key(0))
    assert_same_bits(again, world)
    assert_same_bits(_sample(again, KEY), _sample(world, KEY))
    assert_same_bits(again.sample(KEY, N), world.sample(KEY, N))


def test_other_keys_give_other_draws(example, world):
    one, other = _sample(world, KEY), _sample(world, jax.random.key(2))
    assert bool((one.image != other.image).any())
    assert bool((one.text != other.text).any())
    assert bool((one.latents["z_inv"] != other.latents["z_inv"]).any())
    elsewhere = _sample(example.config.build(jax.random.key(3)), KEY)
    assert bool((elsewhere.image != one.image).any())


def test_pairs_of_a_batch_differ(world):
    batch = _sample(world, KEY)
    assert len(np.unique(batch.image.reshape(N, -1), axis=0)) == N


def test_jit_equals_no_jit(world):
    assert_same(_sample(world, KEY), world.sample(KEY, N))


def test_vmap_over_keys_and_worlds_equals_a_loop(world, sibling):
    keys = jax.random.split(KEY, 2)
    worlds = [world, sibling]
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *worlds)
    together = _sample_stacked(stacked, keys)
    for i, (alone, key) in enumerate(zip(worlds, keys, strict=True)):
        assert_same(jax.tree.map(lambda leaf, i=i: leaf[i], together), _sample(alone, key))


def test_a_world_is_a_tree_of_arrays(world):
    leaves, structure = jax.tree.flatten(world)
    assert all(isinstance(leaf, jax.Array | np.ndarray) for leaf in leaves)
    again = jax.tree.unflatten(structure, leaves)
    assert type(again) is type(world)
    assert_same_bits(_sample(again, KEY), _sample(world, KEY))
    names = [jax.tree_util.keystr(path) for path, _ in jax.tree.leaves_with_path(world)]
    assert len(set(names)) == len(names)


def test_numeric_settings_share_one_compiled_program(world, sibling):
    assert jax.tree.structure(world) == jax.tree.structure(sibling)
    batch = _sample(world, KEY)
    traces = len(_traces)
    assert bool((_sample(sibling, KEY).image != batch.image).any())
    assert len(_traces) == traces
