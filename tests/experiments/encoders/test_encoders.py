"""One contract for all encoders, and what those of images are blind to."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.special
from flax import nnx

from experiments.encoders.bag_of_words import BagOfWordsConfig
from experiments.encoders.cnn import CNNConfig, Convolution
from experiments.encoders.hidden_words import HiddenWordsConfig
from experiments.encoders.mlp import MLPConfig
from experiments.encoders.patch_pool import PatchPoolConfig
from experiments.encoders.patch_transformer import PatchTransformerConfig
from experiments.encoders.patches import patches
from experiments.encoders.text_transformer import TextTransformerConfig
from scm.arguments import ArgumentError
from tests.experiments.encoders.contract import assert_encodes, assert_trains
from tests.experiments.encoders.encoder_cases import (
    BAG,
    CASES,
    IMAGES,
    PATCHES,
    PLACES,
    POOL,
    READER,
    ROUNDING,
    TOKENS,
    build,
    differ,
    draw,
)


@pytest.mark.parametrize("name", CASES)
def test_encodes(name):
    assert_encodes(*CASES[name])


@pytest.mark.parametrize("name", CASES)
def test_gradients_are_finite_and_reach_every_parameter(name):
    assert_trains(*CASES[name])


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
