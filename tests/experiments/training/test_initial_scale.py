"""What is drawn at the start is scaled, and nothing else."""

from __future__ import annotations

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from experiments.encoders import PatchTransformerConfig, TextTransformerConfig
from experiments.training.config import TrainingConfig
from scm import PixelImagesConfig, SceneConfig
from scm.arguments import ArgumentError

FACTOR = 0.125
"""A power of 2, by which floats are multiplied without rounding."""

SCENES = TrainingConfig(
    world=SceneConfig(nouns=("disc", "ring"), images=PixelImagesConfig()),
    image_encoder=PatchTransformerConfig(patch=6, width=8, depth=1, heads=2),
    text_encoder=TextTransformerConfig(vocabulary=16, width=8, depth=1, heads=2),
)


def parameters(config):
    state = nnx.state(config.build_encoders(0))
    return {path: np.asarray(leaf.get_value()) for path, leaf in nnx.to_flat_state(state)}


@pytest.fixture(params=["perceptrons", "transformers"])
def config(request, tiny_config):
    return tiny_config if request.param == "perceptrons" else SCENES


def test_what_is_random_at_the_start_is_scaled(config):
    """Another seed of the initialisation tells what is random."""
    plain, scaled = (
        parameters(dataclasses.replace(config, initial_scale=scale)) for scale in (1.0, FACTOR)
    )
    other = nnx.to_flat_state(nnx.state(config.build_encoders(1)))
    drawn = {path for path, leaf in other if not np.array_equal(leaf.get_value(), plain[path])}
    assert len(drawn) >= 4
    for path, value in plain.items():
        np.testing.assert_array_equal(scaled[path], value * (FACTOR if path in drawn else 1.0))


def test_embeddings_of_a_linear_encoder_are_scaled(tiny_config):
    linear = dataclasses.replace(tiny_config.image_encoder, hidden=())
    config = dataclasses.replace(tiny_config, image_encoder=linear)
    image = config.build_world(0).sample(jax.random.key(0), 8).image
    plain, scaled = (
        dataclasses.replace(config, initial_scale=scale).build_encoders(0).image(image)
        for scale in (1.0, FACTOR)
    )
    np.testing.assert_allclose(scaled, FACTOR * jnp.asarray(plain), rtol=1e-6)


def test_a_scale_of_0_is_refused(tiny_config):
    with pytest.raises(ArgumentError, match="initial_scale: expected a number above 0"):
        dataclasses.replace(tiny_config, initial_scale=0.0)
