"""Encoders that tests ask of, and the inputs that they read."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from experiments.encoders import EncoderConfig
from experiments.encoders.bag_of_words import BagOfWordsConfig
from experiments.encoders.cnn import CNNConfig
from experiments.encoders.hidden_words import HiddenWordsConfig
from experiments.encoders.linear_map import LinearMapConfig
from experiments.encoders.mlp import MLPConfig
from experiments.encoders.patch_pool import PatchPoolConfig
from experiments.encoders.patch_transformer import PatchTransformerConfig
from experiments.encoders.sorted_phrases import SortedPhrasesConfig
from experiments.encoders.text_transformer import TextTransformerConfig
from experiments.encoders.words_in_places import WordsInPlacesConfig

READER = TextTransformerConfig(width=16, heads=2)
POSITIONLESS = TextTransformerConfig(width=16, heads=2, positions=False)
SORTED = SortedPhrasesConfig(READER)
MASKED = HiddenWordsConfig((13, 14), "mask", READER)
DELETED = HiddenWordsConfig((13, 14), "delete", READER)
BAG = BagOfWordsConfig(hidden=(16,))
PLACES = WordsInPlacesConfig(hidden=(16,))
MAPPED = LinearMapConfig(READER)
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
    "linear map": (MAPPED, CAPTIONS),
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
