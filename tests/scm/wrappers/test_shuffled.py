"""Shuffled pairs: the same images and texts, and no pair that says what it shows."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from scm import SceneConfig, SentenceConfig, ShuffledConfig, TokenConfig, World, named_key

KEY = jax.random.key(1)
N = 512


@pytest.fixture(autouse=True)
def _allow_rank_promotion():
    """Mixings add a bias to rows without an axis of its own."""
    with jax.numpy_rank_promotion("allow"):
        yield


def both(config, n=N):
    """A batch of shuffled pairs, and the true pairs it is made of."""
    key = jax.random.key(0)
    shuffled, true = ShuffledConfig(config).build(key), config.build(key)
    assert isinstance(shuffled, World)
    return shuffled.sample(KEY, n), true.sample(named_key(KEY, "pairs"), n)


def rows(values):
    return sorted(map(tuple, np.asarray(values).reshape(len(values), -1)))


@pytest.mark.parametrize("config", [SentenceConfig(), TokenConfig(), SceneConfig()])
def test_images_latents_and_the_set_of_texts_are_those_of_the_world(config):
    shuffled, true = both(config)
    np.testing.assert_array_equal(shuffled.image, true.image)
    jax.tree.map(np.testing.assert_array_equal, shuffled.latents, true.latents)
    assert rows(shuffled.text) == rows(true.text)
    assert bool((shuffled.text != true.text).any())


def test_texts_say_nothing_of_the_image_beside_them():
    shuffled, true = both(TokenConfig())
    world = TokenConfig().build(jax.random.key(0))
    content = np.asarray(true.latents["z_inv"])
    for batch, related in ((true, True), (shuffled, False)):
        said = np.asarray(world.read(batch.text))
        correlation = np.abs(np.corrcoef(content.T, said.T)[:4, 4:])
        # Independent columns correlate by 1 / sqrt(N) or so; five of those for sixteen pairs.
        assert (np.diag(correlation).min() > 0.99) == related
        assert (correlation.max() < 5 / np.sqrt(N)) != related


def test_every_text_is_as_likely_as_any_other_its_own_included(strict_promotion):  # noqa: ARG001
    n, draws = 4, 4000
    shuffled = ShuffledConfig(SentenceConfig()).build(jax.random.key(0))

    def own(key):
        text = shuffled.sample(key, n).text
        true = shuffled.world.sample(named_key(key, "pairs"), n).text
        return jnp.all(text[:, None, :] == true[None, :, :], axis=2)

    stands = jax.jit(jax.vmap(own))(jax.random.split(KEY, draws))
    # A frequency of 4,000 draws has a deviation of 0.007; 4.5 of those for sixteen of them.
    np.testing.assert_allclose(np.mean(stands, axis=0), 1 / n, atol=4.5 * 0.007)


def test_a_batch_is_a_function_of_its_key_also_under_jit():
    world = ShuffledConfig(SceneConfig()).build(jax.random.key(0))
    sample = jax.jit(lambda world, key: world.sample(key, N))
    first, again, other = (sample(world, key) for key in (KEY, KEY, jax.random.key(2)))
    np.testing.assert_array_equal(first.text, again.text)
    np.testing.assert_array_equal(first.text, world.sample(KEY, N).text)
    assert bool((first.text != other.text).any())
