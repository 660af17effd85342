"""What each encoder of captions reads, and what it is blind to."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from experiments.encoders.hidden_words import HiddenWordsConfig
from experiments.encoders.sorted_phrases import sort_phrases
from experiments.encoders.words_in_places import WordsInPlaces, WordsInPlacesConfig
from scm import Add, Grammar, Lexicon, Replace, SceneSpace, Swap, apply_to_caption
from tests.experiments.encoders.encoder_cases import (
    BAG,
    CAPTIONS,
    DELETED,
    MASKED,
    OUTPUTS,
    POSITIONLESS,
    READER,
    ROUNDING,
    SORTED,
    build,
    differ,
    draw,
)


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
