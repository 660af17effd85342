from __future__ import annotations

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.spatial.distance import pdist

from scm import COLOURS, FILLS, IMAGES, RADII, SHAPES, PixelImagesConfig, SceneArrays
from scm.appearance import NO_COLOUR, WHITE
from scm.backdrop import BACKGROUND, BACKGROUND_RANGE, BRIGHTEST, DARKEST, TEXTURE_RANGE
from scm.checks import ArgumentError
from scm.images_pixels import GEOMETRY_SIZE

pytestmark = pytest.mark.usefixtures("strict_promotion")

SIZES = (len(COLOURS), len(RADII), len(FILLS))
BARE = PixelImagesConfig(jitter=0.0, background=0.0, lighting=0.0, texture=0.0, sensor_noise=0.0)


def build(config=PixelImagesConfig(), n_nouns=len(SHAPES), sizes=SIZES, max_objects=2):
    return config.build(jax.random.key(0), n_nouns, sizes, 2, max_objects)


def scenes(nouns, attributes, relation) -> SceneArrays:
    arrays = (np.asarray(values, np.int32) for values in (nouns, attributes, relation))
    return SceneArrays(*map(jnp.asarray, arrays))


def random_scenes(n, max_objects=2, sizes=SIZES, n_nouns=len(SHAPES), seed=0) -> SceneArrays:
    rng = np.random.default_rng(seed)
    count = rng.integers(1, max_objects + 1, n)
    here = np.arange(max_objects) < count[:, None]
    nouns = np.where(here, rng.integers(0, n_nouns, here.shape), -1)
    slots = [np.where(here, rng.integers(-1, size, here.shape), -1) for size in sizes]
    attributes = np.stack(slots, -1) if sizes else np.zeros((*here.shape, 0))
    return scenes(nouns, attributes, np.where(count > 1, rng.integers(0, 2, n), -1))


@pytest.mark.parametrize(
    ("config", "sizes", "max_objects"),
    [
        (PixelImagesConfig(), SIZES, 2),
        (PixelImagesConfig(resolution=16), (), 1),
        (PixelImagesConfig(resolution=37), (3,), 3),
        (PixelImagesConfig(resolution=128), (3, 2), 4),
    ],
)
def test_contract(config, sizes, max_objects):
    """Shapes, range, purity, jit and vmap; `sample` is `render` of `latents`."""
    images, key = build(config, 5, sizes, max_objects), jax.random.key(1)
    drawn = random_scenes(6, max_objects, sizes, 5)
    image, latents = images.sample(key, drawn)
    assert image.shape == (6, config.resolution, config.resolution, 3)
    assert image.dtype == jnp.float32
    assert latents.keys() == {"z_dp_img", "z_pr_img"}
    assert latents["z_dp_img"].shape == (6, GEOMETRY_SIZE * max_objects)
    assert 0.0 <= image.min() <= image.max() <= 1.0
    np.testing.assert_array_equal(image, images.render(drawn, **images.latents(key, drawn)))
    jitted = jax.jit(lambda images, key: images.sample(key, drawn)[0])
    np.testing.assert_allclose(jitted(images, key), image, atol=1e-4)
    keys = jax.random.split(key, 2)
    stacked = jax.vmap(lambda key: images.sample(key, drawn)[0])(keys)
    loop = jnp.stack([images.sample(k, drawn)[0] for k in keys])
    np.testing.assert_allclose(stacked, loop, atol=1e-4)
    assert isinstance(config, IMAGES["pixels"])


def test_settings_of_one_shape_share_a_program():
    drawn, key = random_scenes(2), jax.random.key(0)
    traces = []

    @jax.jit
    def draw(images):
        traces.append(None)
        return images.sample(key, drawn)[0]

    assert not np.array_equal(draw(build()), draw(build(BARE)))
    assert len(traces) == 1


def test_images_of_all_scenes_differ():
    """All pairs of appearances at one place, and of all places of two appearances.

    With nuisances fixed, at a resolution of 24. A difference of 1 is three whole channels of a
    pixel, or a third of a channel each over nine.
    """
    images = build(PixelImagesConfig())
    looks = np.array(list(itertools.product(*(range(-1, size) for size in SIZES))))
    nouns = np.repeat(np.arange(len(SHAPES)), len(looks))
    alone = np.stack([nouns, np.full_like(nouns, -1)], 1)
    attributes = np.tile(looks, (len(SHAPES), 1))[:, None, :].repeat(2, 1)
    grid = scenes(alone, attributes, np.full(len(nouns), -1))
    latents = [jnp.zeros((len(nouns), size)) for size in (2 * GEOMETRY_SIZE, 17)]
    flat = np.asarray(images.render(grid, *latents)).reshape(len(nouns), -1)
    assert pdist(flat[:: len(looks) // 4]).min() > 1.0
    for rows in np.split(np.arange(len(nouns)), len(SHAPES)):
        assert pdist(flat[rows]).min() > 0.25
