"""Hard negatives of pairs: those of a search over words, as likely, distinct while they last."""

from __future__ import annotations

import jax
import numpy as np
import pytest
from scipy.stats import chisquare

from scm import (
    Add,
    Coverage,
    FixedSetConfig,
    FixedSetSCM,
    HardNegativesConfig,
    HardNegativesSCM,
    Replace,
    SceneConfig,
    SceneSCM,
    SentenceConfig,
    ShuffledConfig,
    Swap,
    Word,
    hard_negatives,
    innermost,
    named_key,
)
from scm.arguments import ArgumentError
from scm.wrappers import hard_negative_pairs

KEY = jax.random.key(1)

LEVEL = 1e-5
"""Of the one test of sampled frequencies."""

ROUNDING = 1e-5
"""Of normal numbers in float32, in one program and another."""

sample = jax.jit(lambda world, key, n: world.sample(key, n), static_argnums=2)


def pairs_of_words(world, batch):
    """Each caption and its hard negatives, in words."""
    decode = world.grammar.lexicon.decode
    for text, negatives in zip(np.asarray(batch.text), np.asarray(batch.negatives), strict=True):
        yield decode(text), [decode(negative) for negative in negatives]


THREE = ("disc", "square", "ring")
SYNONYMS = {"nouns": ("disc", "square"), "synonyms": (("disc", "circle"),), "synonym": 0.5}


@pytest.mark.parametrize(
    ("settings", "operators", "depth"),
    [
        ({"nouns": THREE, "definite": 0.5}, (Word((Swap(), Replace())),), 1),
        ({"nouns": ("disc", "square"), "min_objects": 1}, (Swap(), Replace(), Add()), 2),
        ({"nouns": ("disc", "square"), "attributes": (("red", "blue"),)}, (Swap(), Replace()), 3),
        # SWAP makes "a circle left of a disc", the same scene, of "a disc left of a circle".
        ({**SYNONYMS, "repeated_nouns": True}, (Swap(), Replace()), 1),
    ],
)
def test_negatives_are_those_of_a_search_over_words(blank_images, settings, operators, depth):
    config = SceneConfig(**settings, images=blank_images)
    scenes = config.build(KEY)
    count = 12
    batch = sample(HardNegativesConfig(config, operators, depth, count).build(KEY), KEY, 64)
    assert batch.negatives.shape == (64, count, batch.text.shape[1])
    assert batch.negatives.dtype == batch.text.dtype
    searched = {}
    for caption, negatives in pairs_of_words(scenes, batch):
        if caption not in searched:
            found = hard_negatives(scenes, caption, operators, depth)
            searched[caption] = {negative.caption for negative in found}
        expected = searched[caption]
        assert 0 < len(expected) <= count
        assert set(negatives) == expected
        order = negatives[: len(expected)]
        assert negatives == np.resize(np.array(order, object), count).tolist()


def test_all_orders_of_hard_negatives_are_as_likely(blank_images):
    """Six captions, of each the other five in two steps: twenty orders of two."""
    config = SceneConfig(nouns=THREE, images=blank_images)
    world = HardNegativesConfig(config, (Swap(), Replace()), 2, 2).build(KEY)
    batch = sample(world, KEY, 12_000)
    table = config.build(KEY).caption_table()
    texts = np.concatenate([batch.text[:, None], batch.negatives], axis=1)
    index = table.index(texts.reshape(-1, texts.shape[2])).reshape(-1, 3)
    counts = np.zeros((6, 6, 6))
    np.add.at(counts, tuple(index.T), 1)
    caption, first, second = np.indices(counts.shape)
    distinct = (caption != first) & (caption != second) & (first != second)
    assert np.all(counts[~distinct] == 0)
    orders = counts[distinct].reshape(6, 20)
    expected = np.repeat(orders.mean(axis=1), 20)
    assert chisquare(orders.ravel(), expected, ddof=5).pvalue > LEVEL


def test_one_swap_of_two_nouns_exchanges_them(blank_images):
    config = SceneConfig(images=blank_images)
    batch = sample(HardNegativesConfig(config).build(KEY), KEY, 32)
    # "a disc left of a square": the nouns are the second word and the last.
    expected = np.asarray(batch.text)[:, [0, 5, 2, 3, 4, 1]]
    np.testing.assert_array_equal(batch.negatives, expected[:, None])


def test_pairs_are_those_of_the_world_within_whatever_the_negatives(blank_images):
    config = SceneConfig(images=blank_images)
    true = sample(config.build(KEY), named_key(KEY, "pairs"), 32)
    for operators, depth in (((Swap(),), 1), ((Replace(),), 2)):
        batch = sample(HardNegativesConfig(config, operators, depth).build(KEY), KEY, 32)
        np.testing.assert_array_equal(batch.text, true.text)
        np.testing.assert_array_equal(batch.latents["z_inv"], true.latents["z_inv"])
        np.testing.assert_allclose(batch.image, true.image, atol=ROUNDING)


@pytest.mark.parametrize("inside", [True, False])
def test_shuffled_texts_have_their_own_negatives(blank_images, inside):
    config = SceneConfig(images=blank_images)
    wrapped = HardNegativesConfig(ShuffledConfig(config))
    if not inside:
        wrapped = ShuffledConfig(HardNegativesConfig(config))
    batch = sample(wrapped.build(KEY), KEY, 32)
    expected = np.asarray(batch.text)[:, [0, 5, 2, 3, 4, 1]]
    np.testing.assert_array_equal(batch.negatives, expected[:, None])
    said, _ = config.build(KEY).read(np.asarray(batch.text))
    assert bool((said != batch.latents["scene"][:, 0]).any())


def test_pairs_of_a_fixed_set_get_fresh_negatives(blank_images):
    config = FixedSetConfig(SceneConfig(images=blank_images), 8)
    world = HardNegativesConfig(config, (Replace(),)).build(KEY)
    assert isinstance(world, HardNegativesSCM)
    pairs, scenes = world.world, innermost(world)
    assert isinstance(pairs, FixedSetSCM)
    assert isinstance(scenes, SceneSCM)
    of_caption = {}
    for seed in range(6):
        batch = sample(world, jax.random.key(seed), 8)
        for caption, negatives in pairs_of_words(scenes, batch):
            of_caption.setdefault(caption, set()).update(negatives)
    decode = scenes.grammar.lexicon.decode
    assert set(of_caption) == {decode(text) for text in np.asarray(pairs.pairs.text)}
    assert all(len(negatives) > 1 for negatives in of_caption.values())


def test_captions_that_are_never_drawn_need_no_hard_negative(blank_images):
    same = {"nouns": THREE, "repeated_nouns": True, "images": blank_images}
    law = (Coverage(Swap(), 0.5),)
    drawn = HardNegativesConfig(SceneConfig(**same, coverage=law)).build(KEY)
    assert set(np.unique(drawn.available)) == {0, 1}
    text = (
        "^operators: expected operators that make a hard negative of every caption that is drawn, "
        "got 'none for a disc left of a disc'$"
    )
    with pytest.raises(ArgumentError, match=text):
        HardNegativesConfig(SceneConfig(**same)).build(KEY)


def test_tables_that_are_too_large_are_refused(blank_images, monkeypatch):
    """Of thirty ordered pairs of nouns REPLACE makes 8 others, in two steps all but the reverse."""
    monkeypatch.setattr(hard_negative_pairs, "MAX_ENTRIES", 300)
    config = SceneConfig(images=blank_images)
    HardNegativesConfig(config, (Replace(),), 1).build(KEY)
    text = (
        "^depth: expected hard negatives that fit in a table of 300 entries, got '840 at depth 2'$"
    )
    with pytest.raises(ArgumentError, match=text):
        HardNegativesConfig(config, (Replace(),), 9).build(KEY)


def test_worlds_without_scenes_are_refused():
    text = "^world: expected a scene world or one around it, got 'SentenceSCM'$"
    with jax.numpy_rank_promotion("allow"), pytest.raises(ArgumentError, match=text):
        HardNegativesConfig(ShuffledConfig(SentenceConfig())).build(KEY)


@pytest.mark.parametrize(
    ("chosen", "text"),
    [
        ({"operators": ()}, r"operators: expected at least one operator, got \(\)"),
        ({"depth": 0}, "depth: expected an integer of at least 1, got 0"),
        ({"count": 0}, "count: expected an integer of at least 1, got 0"),
    ],
)
def test_bad_settings_are_refused(chosen, text):
    with pytest.raises(ArgumentError, match=f"^{text}$"):
        HardNegativesConfig(**chosen)
