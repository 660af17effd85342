"""Encoders that tests ask of, and the inputs that they read."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from experiments.encoders import EncoderConfig, TextEncoderConfig
from experiments.encoders.bag_of_words import BagOfWordsConfig
from experiments.encoders.cnn import CNNConfig
from experiments.encoders.hidden_words import HiddenWordsConfig
from experiments.encoders.mlp import MLPConfig
from experiments.encoders.patch_pool import PatchPoolConfig
from experiments.encoders.patch_transformer import PatchTransformerConfig
from experiments.encoders.sorted_phrases import SortedPhrasesConfig
from experiments.encoders.text_transformer import TextTransformerConfig
from experiments.encoders.words_in_places import WordsInPlacesConfig
from scm import Lexicon, SceneConfig

READER = TextTransformerConfig(width=16, heads=2)
POSITIONLESS = TextTransformerConfig(width=16, heads=2, positions=False)
SORTED = SortedPhrasesConfig(READER)
MASKED = HiddenWordsConfig((13, 14), "mask", READER)
DELETED = HiddenWordsConfig((13, 14), "delete", READER)
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


def differ(first, second) -> np.ndarray:
    return np.abs(np.asarray(first) - np.asarray(second)).max(axis=1)


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
