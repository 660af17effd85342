"""What is asked of every encoder, ours or a user's own."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from experiments.encoders import ENCODERS, Encoder, EncoderConfig, TextEncoderConfig
from scm import Lexicon, SceneConfig
from tests.experiments.encoders.encoder_cases import OUTPUTS, ROUNDING, build, draw

NOUNS = ("disc", "square", "ring")
COLOURS = (("red", "blue"),)
SYNONYMS = (("disc", "circle"),)
LEXICON = Lexicon.create(NOUNS, COLOURS, SYNONYMS)

WORLDS = (
    # Objects with colours or without, one noun twice, and sweeps.
    SceneConfig(
        nouns=NOUNS[:2],
        attributes=COLOURS,
        optional_attributes=True,
        relations=("horizontal", "vertical"),
        min_objects=1,
        repeated_nouns=True,
        coordination=0.5,
    ),
    # Up to three objects in either order.
    SceneConfig(nouns=NOUNS, max_objects=3, paraphrase=0.5, coordination=0.5),
    # Articles and synonyms.
    SceneConfig(
        nouns=NOUNS[:2],
        attributes=COLOURS,
        min_objects=1,
        definite=0.5,
        synonyms=SYNONYMS,
        synonym=0.5,
    ),
)
"""Small worlds of scenes, whose words are all in one lexicon."""

WEIGHTS = 3
"""Draws of random weights that encode the captions of the small worlds."""


@functools.cache
def small_captions() -> np.ndarray:
    """Every caption of the small worlds once, as tokens of one length."""
    tables = [world.caption_table(jax.random.key(0)) for world in WORLDS]
    words = [table.grammar.lexicon.decode(caption) for table in tables for caption in table.tokens]
    length = max(len(caption.split()) for caption in words)
    return np.stack([LEXICON.encode(caption, length) for caption in dict.fromkeys(words)])


def assert_sees_what_it_tells_apart(config: TextEncoderConfig) -> None:
    """Captions of one label have one embedding at any weights; others differ at some, in any order.

    Weights are those of initialisation and noise: biases that start at 0 are no generic ones.
    """
    captions = small_captions()
    label, inputs = config.sees(captions), jnp.asarray(captions)
    assert label.shape == (len(captions),)
    shape = jax.ShapeDtypeStruct(captions.shape, jnp.int32)
    graph, state = nnx.split(build(config, shape))
    weights, structure = jax.tree.flatten(state)
    embed = jax.jit(
        lambda weights: nnx.merge(graph, jax.tree.unflatten(structure, weights))(inputs)
    )
    rng = np.random.default_rng(0)
    same = label[:, None] == label[None]
    apart = np.zeros(same.shape)
    for _ in range(WEIGHTS):
        noisy = [leaf + 0.1 * rng.standard_normal(leaf.shape, np.float32) for leaf in weights]
        embedding = np.asarray(embed(noisy))
        for column in embedding.T:
            np.maximum(apart, np.abs(column[:, None] - column[None]), out=apart)
    assert apart[same].max() < ROUNDING
    assert apart[~same].min(initial=np.inf) > 10 * ROUNDING


def assert_encodes(config: EncoderConfig, inputs: jax.ShapeDtypeStruct) -> None:
    """Shape and dtype; the seed decides; jit and vmap over seeds change rounding alone."""
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


def assert_trains(config: EncoderConfig, inputs: jax.ShapeDtypeStruct) -> None:
    """Captions with padding, one of nothing else. Every kernel is a matrix, which Muon needs."""
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
