"""One contract for all encoders, and what each is blind to."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.special
from flax import nnx

from experiments.encoders import ENCODERS, Encoder, EncoderConfig
from experiments.encoders.bag_of_words import BagOfWordsConfig
from experiments.encoders.cnn import CNNConfig, Convolution
from experiments.encoders.hidden_words import HiddenWordsConfig
from experiments.encoders.mlp import MLPConfig
from experiments.encoders.patch_pool import PatchPoolConfig
from experiments.encoders.patch_transformer import PatchTransformerConfig
from experiments.encoders.patches import patches
from experiments.encoders.sorted_phrases import SortedPhrasesConfig, sort_phrases
from experiments.encoders.text_transformer import TextTransformerConfig
from experiments.encoders.words_in_places import WordsInPlaces, WordsInPlacesConfig
from scm import Add, Grammar, Lexicon, Replace, SceneSpace, Swap, apply_to_caption
from scm.checks import ArgumentError

READER = TextTransformerConfig(width=16, heads=2)
POSITIONLESS = TextTransformerConfig(width=16, heads=2, positions=False)
SORTED = SortedPhrasesConfig(READER)
MASKED = HiddenWordsConfig((12, 13), "mask", READER)
DELETED = HiddenWordsConfig((12, 13), "delete", READER)
BAG = BagOfWordsConfig(hidden=(16,))
PLACES = WordsInPlacesConfig(hidden=(16,))
PATCHES = PatchTransformerConfig(patch=4, width=16, heads=2)
POOL = PatchPoolConfig(patch=4, hidden=(16,))

IMAGES = jax.ShapeDtypeStruct((5, 12, 12, 3), jnp.float32)
CAPTIONS = jax.ShapeDtypeStruct((5, 9), jnp.int32)
TOKENS = jax.ShapeDtypeStruct((5, 4, 3), jnp.float32)
OUTPUTS = 6

CASES = {
    "patch transformer": (PATCHES, IMAGES),
    "cnn": (CNNConfig(channels=(8, 16)), IMAGES),
    "patch pool": (POOL, IMAGES),
    "text transformer": (READER, CAPTIONS),
    "text transformer without positions": (POSITIONLESS, CAPTIONS),
    "bag of words": (BAG, CAPTIONS),
    "sorted phrases": (SORTED, CAPTIONS),
    "masked words": (MASKED, CAPTIONS),
    "deleted words": (DELETED, CAPTIONS),
    "words in places": (PLACES, CAPTIONS),
    "mlp over images": (MLPConfig((16,)), IMAGES),
    "mlp over continuous tokens": (MLPConfig((16,)), TOKENS),
    "mlp into the cube": (MLPConfig((16,), output="cube"), TOKENS),
}

ROUNDING = 1e-5
"""Sums of up to 128 float32 terms of size 1 in another order: 128 x 6e-8, through 3 layers."""


def build(config: EncoderConfig, inputs=CAPTIONS, seed=0):
    return config.build(inputs, OUTPUTS, nnx.Rngs(params=seed))


def draw(inputs, seed=0):
    rng = np.random.default_rng(seed)
    if inputs.dtype == jnp.int32:
        return jnp.asarray(rng.integers(1, 20, inputs.shape), jnp.int32)
    return jnp.asarray(rng.uniform(size=inputs.shape), jnp.float32)


@pytest.fixture(scope="module")
def grammar():
    """Captions of up to three objects with optional attributes and every kind of word."""
    space = SceneSpace(
        nouns=3,
        attributes=(2,),
        optional_attributes=True,
        relations=(0, 1),
        min_objects=1,
        max_objects=3,
        repeated_nouns=True,
    )
    lexicon = Lexicon.create(("disc", "square", "ring"), (("red", "blue"),), (("disc", "circle"),))
    return Grammar(space, lexicon, paraphrases=True, coordinates=True, definites=True)


@pytest.fixture(scope="module")
def captions(grammar):
    """Rows and tokens of 300 captions."""
    rng = np.random.default_rng(0)
    concepts = grammar.space.concepts
    concepts = concepts[rng.integers(0, len(concepts), 300)]
    limits = grammar.limits(concepts)
    choices = rng.integers(0, limits + 1).astype(np.int32)
    rows = np.concatenate([concepts, choices], axis=1)
    return rows, grammar.write(rows)


@pytest.fixture(scope="module")
def phrase_swaps(grammar, captions):
    """Captions, and the captions with two object phrases exchanged."""
    rows, tokens = captions
    swapped, holds = Swap("phrases").variants(grammar, rows)
    of, which = np.nonzero(holds)
    assert len(of) > 100
    return jnp.asarray(tokens[of]), jnp.asarray(grammar.write(swapped[of, which]))


def differ(first, second) -> np.ndarray:
    return np.abs(np.asarray(first) - np.asarray(second)).max(axis=1)


@pytest.mark.parametrize("name", CASES)
def test_contract(name):
    """Shape and dtype; the seed decides; jit and vmap over seeds change rounding alone."""
    config, inputs = CASES[name]
    encoder, batch = build(config, inputs), draw(inputs)
    embedding = encoder(batch)
    assert isinstance(config, EncoderConfig)
    assert isinstance(encoder, Encoder)
    assert type(config) in ENCODERS.values()
    assert embedding.shape == (5, OUTPUTS)
    assert embedding.dtype == jnp.float32
    assert np.ptp(embedding, axis=0).min() > 0
    np.testing.assert_array_equal(embedding, build(config, inputs)(batch))

    graph, first = nnx.split(encoder)
    other_graph, second = nnx.split(build(config, inputs, seed=1))
    assert graph == other_graph
    assert hash(graph) == hash(other_graph)
    embed = jax.jit(lambda state: nnx.merge(graph, state)(batch))
    np.testing.assert_allclose(embed(first), embedding, atol=ROUNDING)
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), first, second)
    together = jax.vmap(embed)(stacked)
    np.testing.assert_allclose(together[0], embedding, atol=ROUNDING)
    np.testing.assert_allclose(together[1], embed(second), atol=ROUNDING)
    assert np.abs(together[0] - together[1]).max() > 1e-2


@pytest.mark.parametrize("name", CASES)
def test_gradients_are_finite_and_reach_every_parameter(name):
    """Captions with padding, one of nothing else. Every kernel is a matrix, which Muon needs."""
    config, inputs = CASES[name]
    batch = draw(inputs)
    if inputs.dtype == jnp.int32:
        batch = batch.at[0].set(0).at[1, 4:].set(0)
    graph, state = nnx.split(build(config, inputs))
    weight = jax.random.normal(jax.random.key(0), (5, OUTPUTS))
    loss = jax.jit(jax.grad(lambda state: jnp.sum(weight * nnx.merge(graph, state)(batch))))
    for path, leaf in jax.tree_util.tree_leaves_with_path(nnx.to_pure_dict(loss(state))):
        assert np.isfinite(leaf).all(), path
        # The same bias on every key moves no attention weight.
        if not (path[-1].key == "bias" and path[-2].key == "key"):
            assert np.abs(leaf).max() > 0, path
        if path[-1].key == "kernel":
            assert leaf.ndim == 2, path


@pytest.mark.parametrize("config", [READER, POSITIONLESS, BAG, SORTED, MASKED, DELETED])
def test_padding_changes_nothing(config):
    encoder, short = build(config), draw(CAPTIONS)[:, :6]
    padded = jnp.pad(short, ((0, 0), (0, 3)))
    np.testing.assert_allclose(encoder(padded), encoder(short), atol=ROUNDING)


def test_a_caption_of_one_word_is_not_blurred_by_padding():
    """Were padding attended to or pooled, a caption's own words would count less."""
    encoder = build(POSITIONLESS)
    word, twice = jnp.array([[3, 0, 0, 0]]), jnp.array([[3, 3, 3, 3]])
    np.testing.assert_allclose(encoder(word), encoder(twice), atol=ROUNDING)


def test_bag_of_words_is_blind_to_order_bit_for_bit():
    encoder, batch = jax.jit(build(BAG)), draw(CAPTIONS)
    shuffled = jax.random.permutation(jax.random.key(0), batch, axis=1, independent=True)
    assert not np.array_equal(batch, shuffled)
    np.testing.assert_array_equal(encoder(batch), encoder(shuffled))
    assert differ(encoder(batch), encoder(batch.at[:, 0].set(21))).min() > 1e-3


def test_words_in_places_share_no_weight_between_places():
    """By hand: a linear one adds up the rows of the words, each from the block of its place."""
    encoder = build(WordsInPlacesConfig(vocabulary=30, hidden=()))
    batch = draw(CAPTIONS).at[0, 5:].set(0)
    assert isinstance(encoder, WordsInPlaces)
    (layer,) = encoder.mlp.layers
    assert layer.bias is not None
    blocks = np.asarray(layer.kernel[...], np.float64).reshape(9, 30, OUTPUTS)
    blocks[:, 0] = 0.0
    wanted = blocks[np.arange(9), np.asarray(batch)].sum(axis=1) + np.asarray(layer.bias[...])
    np.testing.assert_allclose(encoder(batch), wanted, atol=ROUNDING)


def test_text_transformer_reads_order_with_positions_alone():
    batch = draw(CAPTIONS)
    shuffled = jax.random.permutation(jax.random.key(0), batch, axis=1)
    with_positions, without = build(READER), build(POSITIONLESS)
    np.testing.assert_allclose(without(batch), without(shuffled), atol=ROUNDING)
    assert differ(with_positions(batch), with_positions(shuffled)).min() > 1e-2


def test_sorted_phrases_is_blind_to_swap_of_phrases_bit_for_bit(grammar, phrase_swaps):
    inputs = jax.ShapeDtypeStruct((1, grammar.length), jnp.int32)
    said, swapped = phrase_swaps
    blind, reads = (jax.jit(build(config, inputs)) for config in (SORTED, READER))
    np.testing.assert_array_equal(blind(said), blind(swapped))
    changed = np.any(said != swapped, axis=1)
    assert changed.mean() > 0.9
    assert differ(reads(said), reads(swapped))[changed].min() > 1e-3


def test_sorted_phrases_sees_all_else(grammar, captions):
    """Sorted captions are the same exactly where the multisets of phrases and the rest are."""
    _, tokens = captions
    words = [grammar.lexicon.decode(row).split() for row in tokens]

    def oracle(caption):
        phrases, rest = [], []
        for word in caption:
            if word in ("a", "the"):
                phrases.append([word])
            elif word in ("disc", "circle", "square", "ring", "red", "blue"):
                phrases[-1].append(word)
            else:
                rest.append((len(phrases), word))
        return tuple(sorted(map(tuple, phrases))), tuple(rest)

    canonical = np.asarray(jax.jit(jax.vmap(sort_phrases))(jnp.asarray(tokens)))
    expected = [oracle(caption) for caption in words]
    found = [tuple(row) for row in canonical]
    assert len(set(expected)) == len(set(found)) == len(set(zip(expected, found, strict=True)))
    assert len(set(found)) < len({tuple(row) for row in tokens})
    np.testing.assert_array_equal(np.sort(canonical, axis=1), np.sort(tokens, axis=1))
    assert [oracle(grammar.lexicon.decode(row).split()) for row in canonical] == expected


def test_swap_of_nouns_between_attributes_is_seen_by_sorted_phrases(grammar):
    said, swapped = (
        grammar.lexicon.encode(caption, grammar.length)
        for caption in ("a red disc left of a blue ring", "a red ring left of a blue disc")
    )
    sort = jax.jit(sort_phrases)
    assert not np.array_equal(sort(jnp.asarray(said)), sort(jnp.asarray(swapped)))


def of_colours(grammar, hiding):
    """An encoder that does not see colours, and a function from captions in words to embeddings."""
    colours = tuple(grammar.lexicon.token[word] for word in ("red", "blue"))
    inputs = jax.ShapeDtypeStruct((1, grammar.length), jnp.int32)
    encoder = jax.jit(build(HiddenWordsConfig(colours, hiding, READER), inputs))

    def embed(*captions):
        tokens = [grammar.lexicon.encode(caption, grammar.length) for caption in captions]
        return np.asarray(encoder(jnp.asarray(np.stack(tokens))))

    return embed


def test_masked_words_are_blind_to_replace_bit_for_bit_and_not_to_add(grammar):
    embed = of_colours(grammar, "mask")
    said = "a red disc left of a blue ring"
    replaced = apply_to_caption(Replace("object 1 attribute 0"), grammar, said)
    assert replaced == ("a red disc left of a red ring",)
    np.testing.assert_array_equal(*embed(said, *replaced))
    plain = "a disc left of a blue ring"
    first, *others = embed(plain, "a red disc left of a blue ring", "a ring left of a blue disc")
    assert all(np.abs(first - other).max() > 1e-3 for other in others)


def test_deleted_words_are_blind_to_add_bit_for_bit_and_see_all_else(grammar):
    embed = of_colours(grammar, "delete")
    said = "a disc left of the ring"
    added = [
        caption
        for colour in ("red", "blue")
        for caption in apply_to_caption(Add(colour), grammar, said)
    ]
    assert len(added) == 4
    plain, *coloured = embed(said, *added)
    for embedding in coloured:
        np.testing.assert_array_equal(plain, embedding)
    # What is left is read as the caption without colours is.
    reader = build(READER, jax.ShapeDtypeStruct((1, grammar.length), jnp.int32))
    tokens = jnp.asarray(grammar.lexicon.encode(said, grammar.length))[None]
    np.testing.assert_allclose(plain, reader(tokens)[0], atol=ROUNDING)
    for other in ("a ring left of the disc", "a disc left of a ring", "a disc above the ring"):
        assert np.abs(plain - embed(other)[0]).max() > 1e-3


def test_patches_against_slices():
    images = draw(IMAGES)
    found = patches(images, 4).reshape(5, 3, 3, 4, 4, 3)
    for row in range(3):
        for column in range(3):
            piece = images[:, 4 * row : 4 * row + 4, 4 * column : 4 * column + 4]
            np.testing.assert_array_equal(found[:, row, column], piece)


def test_patch_pool_is_blind_to_where_patches_are_and_patch_transformer_is_not():
    images = draw(IMAGES)
    moved = jnp.concatenate([images[:, 4:], images[:, :4]], axis=1)
    pool = build(POOL, IMAGES)
    np.testing.assert_allclose(pool(images), pool(moved), atol=ROUNDING)
    reads = build(PATCHES, IMAGES)
    assert differ(reads(images), reads(moved)).min() > 1e-2
    assert differ(pool(images), pool(images[:, ::-1])).min() > 1e-3


def test_output_into_the_cube_is_the_logistic_function_of_that_into_space():
    inputs = draw(TOKENS)
    plain, squashed = (
        np.asarray(build(MLPConfig((16,), output=output), TOKENS)(inputs), np.float64)
        for output in ("euclidean", "cube")
    )
    np.testing.assert_allclose(squashed, scipy.special.expit(plain), atol=ROUNDING)


@pytest.mark.parametrize("side", [8, 9])
def test_convolution_against_lax(side):
    images = jax.random.normal(jax.random.key(0), (2, side, side, 3))
    layer = Convolution(3, 5, nnx.Rngs(params=0))
    kernel = layer.linear.kernel[...].reshape(3, 3, 3, 5)
    expected = jax.lax.conv_general_dilated(
        images, kernel, (2, 2), ((1, 1), (1, 1)), dimension_numbers=("NHWC", "HWIO", "NHWC")
    )
    np.testing.assert_allclose(layer(images), expected, atol=ROUNDING)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: TextTransformerConfig(width=10, heads=4), "width: expected a multiple of heads"),
        (lambda: TextTransformerConfig(depth=0), "depth: expected an integer of at least 1, got 0"),
        (lambda: BagOfWordsConfig(vocabulary=1), "vocabulary: expected an integer of at least 2"),
        (lambda: HiddenWordsConfig(()), "tokens: expected at least one token"),
        (lambda: HiddenWordsConfig((0,)), "tokens: expected an integer of at least 1, got 0"),
        (lambda: HiddenWordsConfig((127,)), "tokens: expected tokens below 127, the sign, got 127"),
        (lambda: CNNConfig(channels=()), "channels: expected at least one layer"),
        (lambda: PatchPoolConfig(hidden=(0,)), "hidden: expected an integer of at least 1, got 0"),
        (lambda: build(PatchTransformerConfig(patch=5), IMAGES), "patch: expected a side that div"),
        (lambda: build(POOL, TOKENS), "inputs: expected images of pixels with channels"),
        (lambda: build(CNNConfig(), TOKENS), "inputs: expected images of pixels with channels"),
        (lambda: build(READER, IMAGES), "inputs: expected captions as rows of integer tokens"),
        (lambda: build(BAG, TOKENS), "inputs: expected captions as rows of integer tokens"),
        (lambda: build(PLACES, TOKENS), "inputs: expected captions as rows of integer tokens"),
    ],
)
def test_bad_settings_get_one_sentence(make, message):
    with pytest.raises(ArgumentError, match=message):
        make()
