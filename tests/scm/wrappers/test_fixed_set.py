"""Fixed sets: the same pairs again and again, each once a batch, all as likely."""

from __future__ import annotations

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import chisquare

from scm import (
    Batch,
    FixedSetConfig,
    FixedSetSCM,
    HardNegativesConfig,
    SceneConfig,
    ShuffledConfig,
    innermost,
    named_key,
)
from scm.arguments import ArgumentError

KEY = jax.random.key(1)

LEVEL = 1e-5
"""Of the one test of sampled frequencies."""

ROUNDING = 1e-5
"""Of normal numbers in float32, in one program and another."""

sample = jax.jit(lambda world, key, n: world.sample(key, n), static_argnums=2)


@pytest.fixture
def config(blank_images):
    return SceneConfig(images=blank_images)


@pytest.fixture
def numbered(config):
    """A set of five pairs whose every leaf is the pair's number."""
    number = jnp.arange(5)[:, None]
    pairs = Batch(number, number, {"z_inv": number, "scene": number}, number[:, :, None])
    return FixedSetSCM(config.build(KEY), pairs)


def test_the_world_within_and_the_set_are_those_of_the_plain_config(config):
    fixed, plain = FixedSetConfig(config, 40).build(KEY), config.build(KEY)
    jax.tree.map(np.testing.assert_array_equal, fixed.world, plain)
    expected = sample(plain, named_key(KEY, "pairs"), 40)
    np.testing.assert_array_equal(fixed.pairs.text, expected.text)
    np.testing.assert_allclose(fixed.pairs.image, expected.image, atol=ROUNDING)
    other = FixedSetConfig(config, 40).build(jax.random.key(2))
    assert bool((other.pairs.text != fixed.pairs.text).any())


def test_a_batch_holds_distinct_pairs_of_the_set_whole(numbered):
    for n in (1, 3, 5):
        rows = []
        for seed in range(20):
            batch = sample(numbered, jax.random.key(seed), n)
            first, *others = (np.asarray(leaf).reshape(n) for leaf in jax.tree.leaves(batch))
            assert all(np.array_equal(first, other) for other in others)
            assert len(set(first)) == n
            rows.append(tuple(first))
        assert len(set(rows)) > 1


def test_all_batches_are_as_likely(numbered):
    keys = jax.random.split(KEY, 4000)
    first, second = np.asarray(jax.vmap(lambda key: sample(numbered, key, 2).image[:, 0])(keys)).T
    counts = np.bincount(first * 5 + second, minlength=25).reshape(5, 5)
    assert np.all(np.diag(counts) == 0)
    assert chisquare(counts[~np.eye(5, dtype=bool)]).pvalue > LEVEL


def test_more_than_the_set_is_refused(config):
    fixed = FixedSetConfig(config).build(KEY)
    assert len(sample(fixed, KEY, 256).text) == 256
    text = "^n: expected at most 256, the pairs of the fixed set, got 300"
    for draw in (sample, FixedSetSCM.sample):
        with pytest.raises(ArgumentError, match=text):
            draw(fixed, KEY, 300)


def test_an_empty_set_is_refused():
    with pytest.raises(ArgumentError, match=r"^pairs: expected an integer of at least 1, got 0$"):
        FixedSetConfig(pairs=0)


def test_a_fixed_set_of_hard_negatives_keeps_them(config):
    fixed = FixedSetConfig(HardNegativesConfig(config, count=2), 4).build(KEY)
    one, other = sample(fixed, KEY, 4), sample(fixed, jax.random.key(2), 4)
    assert one.negatives.shape == (4, 2, one.text.shape[1])

    def rows(batch):
        texts = np.concatenate([batch.text[:, None], batch.negatives], axis=1)
        return sorted(map(tuple, texts.reshape(4, -1).tolist()))

    assert rows(one) == rows(other)


def test_wrappers_are_taken_off_however_many_there_are(config):
    plain = config.build(KEY)
    wrapped = HardNegativesConfig(FixedSetConfig(ShuffledConfig(config), 4)).build(KEY)
    assert innermost(plain) is plain
    jax.tree.map(np.testing.assert_array_equal, innermost(wrapped), plain)


@pytest.mark.usefixtures("as_users_run")
def test_a_set_has_as_many_texts_as_images(numbered):
    """Inside jit the last text would stand beside all images that lack one."""
    pairs = dataclasses.replace(numbered.pairs, text=numbered.pairs.text[:3])
    with pytest.raises(
        ArgumentError, match=r"pairs: expected 5 texts and latents, .* got \[3, 5\]"
    ):
        sample(dataclasses.replace(numbered, pairs=pairs), KEY, 4)
