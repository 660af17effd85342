from __future__ import annotations

import dataclasses
import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import ndimage
from scipy.stats import norm

from scm import COLOURS, FILLS, IMAGES, RADII, SHAPES, PixelImagesConfig, SceneArrays
from scm.arguments import ArgumentError
from scm.images.appearance import NO_COLOUR, WHITE
from scm.images.backdrop import BACKGROUND, BACKGROUND_RANGE, BRIGHTEST, DARKEST, TEXTURE_RANGE
from scm.images.backdrop import SIZES as PRIVATE_SIZES
from scm.images.pixels import GEOMETRY_SIZE

pytestmark = pytest.mark.usefixtures("strict_promotion")

N_SHAPES = len(SHAPES)
SIZES = (len(COLOURS), len(RADII), len(FILLS))
N_PRIVATE = sum(PRIVATE_SIZES.values())
PLAIN = PixelImagesConfig(jitter=0.0, background=0.0, lighting=0.0, texture=0.0, sensor_noise=0.0)

SAMPLE = jax.jit(lambda images, key, scenes: images.sample(key, scenes))
RENDER = jax.jit(lambda images, scenes, z_dp, z_pr: images.render(scenes, z_dp, z_pr))

FUSION_TOLERANCE = 1e-4
"""Of a channel in [0, 1]: float32 rounding (6e-8) of coordinates of up to 64 pixels, times the
slope of antialiasing (1.5 a pixel), with an order of magnitude to spare."""


def build(config=PLAIN, n_nouns=N_SHAPES, sizes=SIZES, max_objects=2):
    return config.build(jax.random.key(0), n_nouns, sizes, 2, max_objects)


def scenes(nouns, attributes, relation) -> SceneArrays:
    arrays = (np.asarray(values, np.int32) for values in (nouns, attributes, relation))
    return SceneArrays(*map(jnp.asarray, arrays))


def random_scenes(n, max_objects=2, sizes=SIZES, n_nouns=N_SHAPES) -> SceneArrays:
    rng = np.random.default_rng(0)
    count = rng.integers(1, max_objects + 1, n)
    here = np.arange(max_objects) < count[:, None]
    nouns = np.where(here, rng.integers(0, n_nouns, here.shape), -1)
    slots = [np.where(here, rng.integers(-1, size, here.shape), -1) for size in sizes]
    attributes = np.stack(slots, -1) if sizes else np.zeros((*here.shape, 0))
    return scenes(nouns, attributes, np.where(count > 1, rng.integers(0, 2, n), -1))


def still(images, drawn) -> np.ndarray:
    """The images of scenes with all latents 0."""
    n = len(drawn.relation)
    sizes = (GEOMETRY_SIZE * images.max_objects, N_PRIVATE)
    return np.asarray(RENDER(images, drawn, *(jnp.zeros((n, size)) for size in sizes)))


def distances(flat: np.ndarray) -> np.ndarray:
    """Between all rows, infinite from a row to itself."""
    flat = flat.reshape(len(flat), -1).astype(np.float64)
    squares = np.sum(flat**2, axis=1)
    squared = squares[:, None] + squares[None, :] - 2 * flat @ flat.T
    np.fill_diagonal(squared, np.inf)
    return np.sqrt(np.maximum(squared, 0.0))


@pytest.mark.parametrize(
    ("resolution", "sizes", "max_objects"),
    [(24, SIZES, 2), (16, (), 1), (37, (3,), 3), (128, (3, 2), 4)],
)
def test_shapes_range_and_purity(resolution, sizes, max_objects):
    config = PixelImagesConfig(resolution=resolution)
    images, key = build(config, 5, sizes, max_objects), jax.random.key(1)
    drawn = random_scenes(16, max_objects, sizes, 5)
    image, latents = SAMPLE(images, key, drawn)
    assert image.shape == (16, resolution, resolution, 3)
    assert image.dtype == jnp.float32
    assert {name: block.shape for name, block in latents.items()} == {
        "z_dp_img": (16, GEOMETRY_SIZE * max_objects),
        "z_pr_img": (16, N_PRIVATE),
    }
    assert 0.0 <= image.min() <= image.max() <= 1.0
    np.testing.assert_array_equal(image, SAMPLE(images, key, drawn)[0])
    assert isinstance(config, IMAGES["pixels"])


def test_sample_is_render_of_latents_with_and_without_jit_and_vmap():
    images, drawn = build(PixelImagesConfig(), 2, (2,)), random_scenes(3, 2, (2,), 2)
    keys = jax.random.split(jax.random.key(1), 2)
    image, latents = images.sample(keys[0], drawn)
    assert all(
        np.array_equal(block, latents[name])
        for name, block in images.latents(keys[0], drawn).items()
    )
    rendered = RENDER(images, drawn, latents["z_dp_img"], latents["z_pr_img"])
    np.testing.assert_allclose(rendered, image, atol=FUSION_TOLERANCE)
    stacked = jax.jit(jax.vmap(lambda key: images.sample(key, drawn)[0]))(keys)
    for one, key in zip(stacked, keys, strict=True):
        np.testing.assert_allclose(one, SAMPLE(images, key, drawn)[0], atol=FUSION_TOLERANCE)


def test_settings_of_one_shape_share_a_program():
    traced = []

    @jax.jit
    def draw(images, key, drawn):
        traced.append(None)
        return images.sample(key, drawn)[0]

    drawn, key = random_scenes(2, n_nouns=1, sizes=()), jax.random.key(0)
    first, second = (draw(build(c, 1, ()), key, drawn) for c in (PLAIN, PixelImagesConfig()))
    assert not np.array_equal(first, second)
    assert len(traced) == 1


def test_latents_are_standard_normal_and_blocks_differ():
    latents = build().latents(jax.random.key(2), random_scenes(4000))
    joined = np.concatenate(list(latents.values()), axis=1)
    within = 5 / np.sqrt(4000)  # z = 5 covers all 325 entries of mean and covariance
    np.testing.assert_allclose(joined.mean(0), 0.0, atol=within)
    covariance = np.cov(joined.T)
    np.testing.assert_allclose(covariance, np.eye(len(covariance)), atol=within * np.sqrt(2))


def test_images_of_all_appearances_differ():
    """All 1,755 looks of one object at 24 pixels; a distance of 0.1 is 25 levels of 8 bits."""
    looks = np.array(list(itertools.product(range(N_SHAPES), *(range(-1, size) for size in SIZES))))
    nothing = np.full((len(looks), 1), -1)
    nouns = np.concatenate([looks[:, :1], nothing], axis=1)
    attributes = np.stack([looks[:, 1:], nothing.repeat(3, axis=1)], axis=1)
    drawn = scenes(nouns, attributes, nothing[:, 0])
    assert distances(still(build(), drawn)).min() > 0.1


def test_images_of_all_arrangements_differ():
    """All scenes of up to three of two nouns: order, number and relation show."""
    rows = [
        ([*nouns, *[-1] * (3 - count)], relation)
        for count in (1, 2, 3)
        for nouns in itertools.product(range(2), repeat=count)
        for relation in ((0, 1) if count > 1 else (-1,))
    ]
    nouns, relation = map(list, zip(*rows, strict=True))
    drawn = scenes(nouns, np.zeros((len(rows), 3, 0)), relation)
    assert distances(still(build(sizes=(), max_objects=3), drawn)).min() > 0.25


@pytest.mark.parametrize("relation", [0, 1])
@pytest.mark.parametrize("max_objects", [2, 3])
def test_objects_keep_order_and_never_overlap(relation, max_objects):
    """With jitter at its extremes. An object's pixels are those that change with its colour."""
    images = build(PixelImagesConfig(resolution=24), sizes=(2,), max_objects=max_objects)
    n = 64
    rng = np.random.default_rng(0)
    nouns = rng.integers(0, N_SHAPES, (n, max_objects))
    z_dp = 5.0 * rng.choice([-1.0, 1.0], (n, GEOMETRY_SIZE * max_objects)).astype(np.float32)
    shown = []
    for painted in range(-1, max_objects):
        colours = np.zeros((n, max_objects, 1), np.int32)
        colours[:, painted if painted >= 0 else slice(0)] = 1
        drawn = scenes(nouns, colours, np.full(n, relation))
        shown.append(
            np.asarray(RENDER(images, drawn, jnp.asarray(z_dp), jnp.zeros((n, N_PRIVATE))))
        )
    masks = [np.any(image != shown[0], axis=-1) for image in shown[1:]]
    assert np.all(sum(mask.astype(int) for mask in masks) <= 1)
    axis = 2 if relation == 0 else 1
    for mask in masks:
        assert mask.any(axis=(1, 2)).all()
    centres = np.array([[ndimage.center_of_mass(m) for m in mask] for mask in masks])
    assert np.all(np.diff(centres[:, :, axis - 1], axis=0) > 0)
    offset = np.abs(np.diff(centres, axis=0))
    assert np.all(offset[:, :, axis - 1] > offset[:, :, 2 - axis])


@pytest.mark.parametrize("relation", [0, 1])
def test_a_drift_moves_the_row_as_a_whole_and_keeps_it_on_the_canvas(relation):
    """Shifts of a whole number of pixels move every pixel; the extremes leave the canvas's edge."""
    images = build(dataclasses.replace(PLAIN, resolution=32, drift=1.0), sizes=())
    assert images.cell == 8.0
    n = 16
    rng = np.random.default_rng(0)
    drawn = scenes(rng.integers(0, N_SHAPES, (n, 2)), np.zeros((n, 2, 0)), np.full(n, relation))
    # erf(latent / sqrt 2) = 1/2, so that both shifts are of half a cell, 4 pixels.
    half = float(norm.ppf(0.75))
    shifts = ((0.0, 0.0), (half, -half), (9.0, 9.0), (-9.0, -9.0))
    shown = []
    for along, across in shifts:
        z_dp = np.zeros((n, GEOMETRY_SIZE * 2 + 2), np.float32)
        z_dp[:, -2:] = along, across
        image = RENDER(images, drawn, jnp.asarray(z_dp), jnp.zeros((n, N_PRIVATE)))
        shown.append(np.asarray(image))
    rows, columns = (4, -4) if relation else (-4, 4)
    moved = np.roll(shown[0], (rows, columns), axis=(1, 2))
    np.testing.assert_allclose(shown[1], moved, atol=FUSION_TOLERANCE)
    for extreme in shown[2:]:
        edge = np.ones((32, 32), bool)
        edge[1:-1, 1:-1] = False
        np.testing.assert_allclose(extreme[:, edge], BACKGROUND, atol=FUSION_TOLERANCE)
        assert (np.abs(extreme - BACKGROUND).max(axis=(1, 2, 3)) > 0.1).all()


def test_without_drift_no_latent_moves_the_row():
    latents = build(PixelImagesConfig()).latents(jax.random.key(0), random_scenes(2))
    assert latents["z_dp_img"].shape == (2, GEOMETRY_SIZE * 2)


def test_smooth_in_every_latent():
    """jvp against central differences, in float64, for all shapes and fills."""
    step = 1e-6
    # The second derivative of a channel along a unit direction is below 100 (antialiasing 6 a
    # squared pixel, a latent moves edges by up to 2 pixels; rounding 1 / 0.06 a squared radius).
    tolerance = 100 * step
    with jax.enable_x64(True):
        images = build(PixelImagesConfig())
        images = jax.tree.map(lambda leaf: leaf.astype(jnp.float64), images)
        n = 32
        nouns = np.stack([np.arange(n) % N_SHAPES, np.arange(n) % 7], axis=1)
        fills = np.stack([np.full((n, 2), 1), np.full((n, 2), 1), nouns % 5 - 1], axis=2)
        drawn = scenes(nouns, fills, np.arange(n) % 2)
        rng = np.random.default_rng(0)
        shapes = ((n, 2 * GEOMETRY_SIZE), (n, N_PRIVATE))
        point, direction = (tuple(jnp.asarray(rng.normal(size=s)) for s in shapes) for _ in "pd")
        render = jax.jit(lambda z_dp, z_pr: images.render(drawn, z_dp, z_pr))
        slope = jax.jit(lambda p, d: jax.jvp(render, p, d)[1])(point, direction)
        ahead, behind = (
            render(*(p + sign * step * d for p, d in zip(point, direction, strict=True)))
            for sign in (1.0, -1.0)
        )
        assert slope.dtype == jnp.float64
        assert float(jnp.abs(slope).max()) > 0.1
        np.testing.assert_allclose((ahead - behind) / (2 * step), slope, atol=tolerance)


def test_gradient_is_finite_where_a_pixel_is_at_the_centre_of_an_object():
    images = build(PixelImagesConfig(resolution=25), sizes=(), max_objects=1)
    drawn = scenes(np.arange(N_SHAPES)[:, None], np.zeros((N_SHAPES, 1, 0)), [-1] * N_SHAPES)
    z_pr = jnp.zeros((N_SHAPES, N_PRIVATE))
    z_dp = jnp.zeros((N_SHAPES, GEOMETRY_SIZE))
    slope = jax.jvp(lambda z: RENDER(images, drawn, z, z_pr), (z_dp,), (jnp.ones_like(z_dp),))[1]
    assert np.isfinite(slope).all()


def test_words_look_as_they_are_called():
    """Colour, size and fill, measured on a disc in pixels."""
    images = build(PixelImagesConfig(**{**vars(PLAIN), "resolution": 64}), max_objects=1)

    def disc(colour=0, size=1, fill=-1):
        return still(images, scenes([[0]], [[[colour, size, fill]]], [-1]))[0]

    empty = np.full((64, 64, 3), BACKGROUND)
    for value, rgb in enumerate([NO_COLOUR, *COLOURS.values()]):
        picture = disc(colour=value - 1)
        np.testing.assert_allclose(picture[32, 32], rgb, atol=1e-6)
        np.testing.assert_allclose(picture[0, 0], BACKGROUND, atol=1e-6)

    def area(picture):
        return np.abs(picture - empty).max(-1).sum()

    small, large = (area(disc(size=size)) for size in (0, 1))
    assert small < area(disc(size=-1)) < large
    np.testing.assert_allclose(small / large, RADII["small"] ** 2, rtol=0.05)

    ink, white = COLOURS["red"][2], WHITE[2]
    whiteness = {
        fill: (disc(fill=value)[:, :, 2] - ink) / (white - ink) for value, fill in enumerate(FILLS)
    }
    inside = slice(20, 44)
    up, down, left, right = slice(20, 31), slice(33, 44), slice(20, 31), slice(33, 44)
    np.testing.assert_allclose(whiteness["halved"][inside, left], 1.0, atol=1e-5)
    np.testing.assert_allclose(whiteness["halved"][inside, right], 0.0, atol=1e-5)
    for rows, columns, value in ((up, left, 1.0), (up, right, 0.0), (down, left, 0.0)):
        np.testing.assert_allclose(whiteness["checked"][rows, columns], value, atol=1e-5)
    assert np.all(np.diff(whiteness["faded"][inside, 32]) > 0)
    assert np.ptp(whiteness["striped"][inside, 32]) > 0.9
    assert np.ptp(whiteness["striped"][32, inside]) < 1e-5


def test_colours_leave_room_for_lighting_and_noise():
    background = BACKGROUND + np.array([-1, 1]) * (BACKGROUND_RANGE + TEXTURE_RANGE)
    channels = [*COLOURS.values(), NO_COLOUR, WHITE, background]
    assert min(map(min, channels)) >= DARKEST
    assert max(map(max, channels)) <= BRIGHTEST


@pytest.mark.parametrize("setting", ["background", "lighting", "texture", "sensor_noise"])
def test_each_private_nuisance_shows_and_can_be_off(setting):
    drawn, key = random_scenes(8), jax.random.key(0)
    z_dp, z_pr = build().latents(key, drawn).values()
    plain = RENDER(build(), drawn, z_dp, z_pr)
    np.testing.assert_array_equal(plain, RENDER(build(), drawn, z_dp, -z_pr))
    varied = build(PixelImagesConfig(**{**vars(PLAIN), setting: 1.0}))
    images = [RENDER(varied, drawn, z_dp, sign * z_pr) for sign in (1.0, -1.0)]
    change = np.abs(images[0] - images[1]).reshape(8, -1).max(1)
    assert change.min() > 1e-3


@pytest.mark.parametrize(
    ("config", "vocabulary", "message"),
    [
        ({"resolution": 8}, {}, "resolution: expected an integer of at least 16, got 8"),
        ({"resolution": 256}, {}, "resolution: expected at most 128, got 256"),
        ({"texture": 1.5}, {}, r"texture: expected a number in \[0, 1\], got 1.5"),
        ({}, {"n_nouns": 99}, "n_nouns: expected at most 13 for images of pixels, got 99"),
        ({}, {"attribute_sizes": (9,)}, "colours: expected at most 8 for images of pixels, got 9"),
        ({}, {"attribute_sizes": (2, 3)}, "sizes: expected at most 2 for images of pixels, got 3"),
        ({}, {"attribute_sizes": (1, 1, 5)}, "fills: expected at most 4"),
        ({}, {"attribute_sizes": (1, 1, 1, 1)}, "attribute_sizes: expected at most 3"),
        ({}, {"n_relations": 3}, "n_relations: expected at most 2"),
        ({"drift": -1.0}, {}, r"drift: expected a number of at least 0, got -1\.0"),
        (
            {"drift": 1.0},
            {},
            "max_objects: expected at most 1 on a canvas of 24 pixels with a drift of 1, got 2",
        ),
        ({}, {"max_objects": 4}, "max_objects: expected at most 3 on a canvas of 24 pixels, got 4"),
    ],
)
def test_bad_settings_get_one_sentence(config, vocabulary, message):
    sizes = {"n_nouns": 2, "attribute_sizes": (), "n_relations": 2, "max_objects": 2}
    with pytest.raises(ArgumentError, match=message):
        PixelImagesConfig(**config).build(jax.random.key(0), **(sizes | vocabulary))
