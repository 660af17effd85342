from __future__ import annotations

import functools
import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.spatial.distance import pdist

from scm import IMAGES, SceneArrays, VectorImagesConfig
from scm.arguments import ArgumentError

pytestmark = pytest.mark.usefixtures("strict_promotion")

VOCABULARY = {"n_nouns": 3, "attribute_sizes": (2,), "n_relations": 2, "max_objects": 2}
DEFAULT = VectorImagesConfig()
WORDS = 2 * (3 + 2) + 2
LOOKS = ((0, 0, 1), (0, 1, 0), (1, 0, 0), (1, 1, 0))


@functools.cache
def build(config=DEFAULT, key=0):
    return config.build(jax.random.key(key), **VOCABULARY)


@functools.cache
def all_scenes() -> SceneArrays:
    """Every scene of one or two objects, attributes optional."""
    looks = list(itertools.product(range(3), range(-1, 2)))
    single = [([noun, -1], [[a], [-1]], -1) for noun, a in looks]
    double = [
        ([m, n], [[a], [b]], relation)
        for (m, a), (n, b) in itertools.product(looks, repeat=2)
        for relation in (0, 1)
    ]
    nouns, attributes, relation = zip(*single, *double, strict=True)
    return SceneArrays(*(jnp.asarray(x, jnp.int32) for x in (nouns, attributes, relation)))


@pytest.mark.parametrize("causal", [False, True])
def test_contract(causal):
    config = VectorImagesConfig(n_dp=3, n_pr=2, causal=causal)
    images, scenes, key = build(config), all_scenes(), jax.random.key(1)
    image, latents = images.sample(key, scenes)
    n = len(scenes.relation)
    assert image.shape == (n, 16 + 3 + 2)
    assert {name: block.shape for name, block in latents.items()} == {
        "z_dp_img": (n, 3),
        "z_pr_img": (n, 2),
    }
    np.testing.assert_array_equal(image, images.sample(key, scenes)[0])
    np.testing.assert_array_equal(image, images.render(scenes, **latents))
    # Sums of 21 terms of size below 10, through 3 layers, in another order of summation.
    tolerance = 21 * 10 * 3 * float(np.finfo(np.float32).eps)
    jitted = jax.jit(lambda images, key: images.sample(key, scenes)[0])
    np.testing.assert_allclose(jitted(images, key), image, atol=tolerance)
    keys = jax.random.split(key, 2)
    stacked = jax.vmap(lambda key: images.sample(key, scenes)[0])(keys)
    for one, child in zip(stacked, keys, strict=True):
        np.testing.assert_allclose(one, images.sample(child, scenes)[0], atol=tolerance)
    assert isinstance(config, IMAGES["vectors"])


def test_worlds_stack():
    """Training vmaps over one world a seed."""
    worlds = [build(key=seed) for seed in range(2)]
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *worlds)
    drawn = jax.vmap(lambda w: w.sample(jax.random.key(0), all_scenes())[0])(stacked)
    assert not np.allclose(drawn[0], drawn[1])


@pytest.mark.parametrize("code_size", [WORDS, 16])
def test_words_are_orthogonal_where_they_fit(code_size):
    images = build(VectorImagesConfig(code_size=code_size))
    gram = np.asarray(images.codes @ images.codes.T) / code_size
    np.testing.assert_allclose(gram, np.eye(WORDS), atol=1e-5)


@pytest.mark.parametrize(("code_size", "apart"), [(16, 4.0 - 1e-4), (8, 0.1), (4, 0.01)])
def test_scenes_differ(code_size, apart):
    """By sqrt(code_size) where words are orthogonal, and still where they do not fit."""
    images, scenes = build(VectorImagesConfig(code_size=code_size)), all_scenes()
    assert pdist(images.code(scenes)).min() >= apart
    n = len(scenes.relation)
    rendered = images.render(scenes, jnp.zeros((n, 4)), jnp.zeros((n, 4)))
    assert pdist(rendered).min() > 0.0


def test_a_scene_code_is_the_sum_of_its_words():
    images, scenes = build(), all_scenes()
    codes = np.asarray(images.codes)
    rows = zip(*map(np.asarray, jax.tree.leaves(scenes)), strict=True)
    for code, (nouns, attributes, relation) in zip(
        np.asarray(images.code(scenes)), rows, strict=True
    ):
        said = [3 * place + int(noun) for place, noun in enumerate(nouns) if noun >= 0]
        said += [6 + 2 * place + int(a) for place, (a,) in enumerate(attributes) if a >= 0]
        said += [10 + int(relation)] if relation >= 0 else []
        np.testing.assert_allclose(code, codes[said].sum(0), atol=1e-5)


@pytest.mark.parametrize("salience", [0.0, 0.1, 1.0, 2.0])
def test_scenes_of_the_same_words_are_nearer_by_the_salience(salience):
    """Nouns and attributes alike, at any number of places; other scenes never meet."""
    full, faint = (
        VectorImagesConfig(code_size=17, salience=sigma).build(jax.random.key(0), 3, (2,), 2, 3)
        for sigma in (1.0, salience)
    )
    orders = [(nouns, looks) for nouns in itertools.permutations(range(3)) for looks in LOOKS]
    nouns = jnp.asarray([nouns for nouns, _ in orders], jnp.int32)
    attributes = jnp.asarray([looks for _, looks in orders], jnp.int32)[:, :, None]
    scenes = SceneArrays(nouns, attributes, jnp.zeros(len(orders), jnp.int32))
    bags = np.array([sorted(looks) for _, looks in orders])
    same = np.all(bags[:, None] == bags[None, :], axis=2)
    at_one, at_sigma = (np.asarray(images.code(scenes), np.float64) for images in (full, faint))
    apart_at_one, apart = (
        np.linalg.norm(codes[:, None] - codes[None, :], axis=-1) for codes in (at_one, at_sigma)
    )
    np.testing.assert_allclose(apart[same], salience * apart_at_one[same], atol=1e-4)
    # Two codes of another look, each shared out over three places: sqrt(2 * 17 / 3) at least.
    assert apart[~same].min() > (2 * 17 / 3) ** 0.5 - 1e-4


def test_salience_one_changes_no_bit():
    for causal in (False, True):
        plain, same = (
            build(config)
            for config in (
                VectorImagesConfig(causal=causal),
                VectorImagesConfig(causal=causal, salience=1.0),
            )
        )
        key = jax.random.key(2)
        np.testing.assert_array_equal(
            plain.sample(key, all_scenes())[0], same.sample(key, all_scenes())[0]
        )
        # Words keep the codes of unit vectors that they had before there was a salience.
        length = jnp.linalg.norm(same.codes, axis=1)
        np.testing.assert_allclose(length, np.full(WORDS, 4.0), rtol=1e-6)


def test_everything_is_recovered_by_the_inverse_mixing():
    images, scenes = build(), all_scenes()
    image, latents = images.sample(jax.random.key(0), scenes)
    parts = np.concatenate([images.code(scenes), *latents.values()], axis=1)
    # Three layers of condition 8.4 and slope 0.2 amplify float32 rounding of 10 by 8.4^3 * 25.
    tolerance = 10 * 8.4**3 * 25 * float(np.finfo(np.float32).eps)
    np.testing.assert_allclose(images.mixing.inverse(image), parts, atol=tolerance)


def test_same_key_and_another_scene_is_the_counterfactual():
    images, scenes, key = build(VectorImagesConfig(causal=True)), all_scenes(), jax.random.key(0)
    other = jax.tree.map(lambda leaf: leaf[::-1], scenes)
    before, after = (images.latents(key, s) for s in (scenes, other))
    np.testing.assert_array_equal(before["z_pr_img"], after["z_pr_img"])
    effect = (images.code(other) - images.code(scenes)) @ images.style
    np.testing.assert_allclose(after["z_dp_img"] - before["z_dp_img"], effect, atol=1e-4)
    assert np.abs(effect).max() > 1.0
    independent = build().latents(key, scenes)["z_dp_img"]
    np.testing.assert_array_equal(independent, build().latents(key, other)["z_dp_img"])


def test_bad_settings_get_one_sentence():
    with pytest.raises(ArgumentError, match="code_size: expected an integer of at least 1, got 0"):
        VectorImagesConfig(code_size=0)
    with pytest.raises(
        ArgumentError, match=r"salience: expected a number of at least 0, got -0\.1"
    ):
        VectorImagesConfig(salience=-0.1)
    with pytest.raises(ArgumentError, match="n_dp: expected an integer of at least 0, got -1"):
        VectorImagesConfig(n_dp=-1)
