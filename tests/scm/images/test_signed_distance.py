from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import ndimage

from scm.images.signed_distance import ROUNDING, SHAPES

pytestmark = pytest.mark.usefixtures("strict_promotion")

SIDE = 401
PLACE = np.linspace(-1.5, 1.5, SIDE, dtype=np.float32)
STEP = float(PLACE[1] - PLACE[0])

BAND = 0.15
"""Half of the width of the antialiasing of a shape of radius 4 pixels, and some."""

DISTANCE_TOLERANCE = ROUNDING + STEP
"""Along a straight edge: what rounding moves, and one step of the grid."""


def plane(name: str) -> np.ndarray:
    x, y = np.meshgrid(PLACE, PLACE)
    return np.asarray(SHAPES[name](jnp.asarray(x), jnp.asarray(y)))


@pytest.mark.parametrize("name", SHAPES)
def test_values_near_the_edge_are_distances_from_it(name):
    """Against the Euclidean distance transform of the shape's own mask.

    Corners, where level sets bend, are left to a looser share: nine points in ten.
    """
    value = plane(name)
    inside = value < 0
    half = 0.5 * STEP
    outer, inner = (
        np.asarray(ndimage.distance_transform_edt(mask), np.float32) for mask in (~inside, inside)
    )
    distance = STEP * (outer - inner)
    distance = distance - np.sign(distance) * half
    near = np.abs(distance) < BAND
    error = np.abs(value - distance)[near]
    assert np.mean(error < DISTANCE_TOLERANCE) > 0.9, np.quantile(error, [0.5, 0.9, 1.0])
    assert error.max() < BAND


@pytest.mark.parametrize("name", SHAPES)
def test_shape_fits_the_disc_of_its_radius(name):
    x, y = np.meshgrid(PLACE, PLACE)
    inside = plane(name) < 0
    assert np.hypot(x, y)[inside].max() <= 1.0
    assert 0.3 < inside.mean() * 9.0 < np.pi


def test_gradients_are_finite_and_continuous_everywhere():
    """At the centre and on axes too; neighbours' gradients differ by curvature times the step."""
    x, y = (jnp.asarray(grid.ravel()) for grid in np.meshgrid(PLACE, PLACE))
    for name, shape in SHAPES.items():
        slope = jax.vmap(jax.grad(lambda p, shape=shape: shape(p[0], p[1])))(
            jnp.stack([x, y], axis=1)
        )
        slope = np.asarray(slope).reshape(SIDE, SIDE, 2)
        assert np.isfinite(slope).all(), name
        assert np.abs(slope).max() < 1.5, name
        jump = max(np.abs(np.diff(slope, axis=axis)).max() for axis in (0, 1))
        assert jump < 6 * STEP / ROUNDING, (name, jump)


def test_no_two_shapes_share_more_than_five_sixths():
    masks = {name: plane(name) < 0 for name in SHAPES}
    for first, a in masks.items():
        for second, b in masks.items():
            if first < second:
                assert (a & b).sum() < 5 / 6 * (a | b).sum(), (first, second)
