"""Pixels are drawn by programs that run fast, and embedded a cache at a time."""

from __future__ import annotations

import dataclasses

import jax
import numpy as np
import pytest

from experiments.encoders import CNNConfig, MLPConfig
from experiments.probes import embedding, sample
from experiments.probes.sample import drawing, sample_pairs
from experiments.training.config import TrainingConfig
from scm import PixelImagesConfig, SceneConfig

VECTORS = SceneConfig(nouns=("disc", "ring"))
PIXELS = dataclasses.replace(VECTORS, images=PixelImagesConfig(resolution=16))

KEY = jax.random.key(0)


@pytest.mark.parametrize(("config", "quick"), [(VECTORS, True), (PIXELS, False)])
def test_vectors_are_drawn_quickly_and_pixels_fast(config, quick, monkeypatch):
    """Options that no compiler knows tell which of the two programs was compiled."""
    monkeypatch.setattr(sample, "quickly", lambda: {"no_such_option": True})
    drawn = drawing("pairs")(lambda world, key, pairs: world.sample(key, pairs))
    world = config.build(KEY)
    if quick:
        with pytest.raises(jax.errors.JaxRuntimeError, match="no_such_option"):
            drawn(world, KEY, pairs=3)
    else:
        assert drawn(world, KEY, pairs=3).image.shape == (3, 16, 16, 3)


@pytest.mark.parametrize("config", [VECTORS, PIXELS])
def test_pairs_are_those_of_the_world(config):
    world = config.build(KEY)
    ours, wanted = sample_pairs(world, KEY, 5), world.sample(KEY, 5)
    assert np.array_equal(ours.text, wanted.text)
    # Channels in [0, 1] and vectors of order 1, by programs that are compiled otherwise.
    assert np.allclose(ours.image, wanted.image, atol=1e-5)


@pytest.mark.parametrize(
    ("world", "encoder", "piece"), [(VECTORS, MLPConfig((8,)), 300), (PIXELS, CNNConfig((4,)), 128)]
)
def test_images_of_pixels_are_embedded_in_smaller_pieces(world, encoder, piece, monkeypatch):
    """300 images are no multiple of the pieces, of which the program holds one."""
    config = TrainingConfig(world=world, image_encoder=encoder, embedding_size=3)
    inputs = world.build(KEY).sample(KEY, 300).image
    image = config.build_encoders(0).image
    wanted, sizes, call = image(inputs), [], type(image).__call__

    def recorded(self, rows):
        sizes.append(len(rows))
        return call(self, rows)

    monkeypatch.setattr(type(image), "__call__", recorded)
    found = embedding.embed_in_pieces(image, inputs)
    assert set(sizes) == {piece}
    assert found.shape == (300, 3)
    assert np.allclose(found, wanted, atol=1e-5)
