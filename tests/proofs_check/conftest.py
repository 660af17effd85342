"""What tests of exact quantities share."""

from __future__ import annotations

import numpy as np
import pytest

from proofs_check import FiniteWorld


@pytest.fixture(scope="session")
def world_of_counts():
    """Make a world whose joint law of image, scene and caption is proportional to integers."""

    def make(counts, **changed):
        scenes = counts.shape[1]
        image, scene, caption = np.nonzero(counts)
        settings = {
            "scenes": scenes,
            "shown": np.argmax(counts.sum(axis=2), axis=1),
            "said": np.argmax(counts.sum(axis=0), axis=0),
            "image": image,
            "scene": scene,
            "caption": caption,
            "probability": counts[image, scene, caption] / counts.sum(),
        }
        return FiniteWorld(**(settings | changed))

    return make


@pytest.fixture(scope="session")
def random_counts():
    """Draw integers for up to 4 images, 3 scenes and 5 captions, many of them 0."""

    def draw(seed):
        rng = np.random.default_rng(seed)
        counts = rng.integers(0, 5, rng.integers(1, [5, 4, 6])) * rng.integers(0, 2)
        counts.flat[rng.integers(counts.size)] += 1
        return counts + rng.integers(0, 4, counts.shape) * rng.integers(0, 2, counts.shape)

    return draw


@pytest.fixture(autouse=True)
def _strict(strict_promotion):
    """No dtype is promoted implicitly here."""
