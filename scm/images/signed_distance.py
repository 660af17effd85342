"""Signed distance functions of plane shapes: below 0 inside, above 0 outside.

Args:
    x: to the right of a shape's centre, in units of its radius.
    y: up from it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

import jax.numpy as jnp
from jaxtyping import Array, Float

Plane = Float[Array, "*pixels"]

ROUNDING = 0.06
"""Width over which corners are rounded, in units of a shape's radius: far below a pixel in the
smallest cell a canvas may have, so seen by derivatives alone."""


def _absolute(x: Plane) -> Plane:
    """|x| with its corner replaced by a parabola; without a root, so that XLA fuses it."""
    size = jnp.abs(x)
    below = jnp.maximum(ROUNDING - size, 0.0)
    return size + below * below * (0.5 / ROUNDING)


def _larger(a: Plane, b: Plane) -> Plane:
    """A smooth max(a, b): of two distances, the intersection."""
    return 0.5 * (a + b + _absolute(a - b))


def _smaller(a: Plane, b: Plane) -> Plane:
    """A smooth min(a, b): of two distances, the union."""
    return 0.5 * (a + b - _absolute(a - b))


def _length(x: Plane, y: Plane) -> Plane:
    """A smooth distance from the origin."""
    return jnp.sqrt(x * x + y * y + ROUNDING**2)


def disc(x: Plane, y: Plane) -> Plane:
    """A disc of radius 0.85."""
    return _length(x, y) - 0.85


def square(x: Plane, y: Plane) -> Plane:
    """A square of half side 0.7."""
    return _larger(_absolute(x), _absolute(y)) - 0.7


def triangle(x: Plane, y: Plane) -> Plane:
    """An equilateral triangle on its base."""
    return _larger(math.sqrt(0.75) * _absolute(x) + 0.5 * y, -y) - 0.5


def ring(x: Plane, y: Plane) -> Plane:
    """A disc with a hole."""
    return _absolute(_length(x, y) - 0.7) - 0.25


def cross(x: Plane, y: Plane) -> Plane:
    """Two crossed bars."""
    across, down = _absolute(x), _absolute(y)
    return _larger(_smaller(across, down) - 0.27, _larger(across, down) - 0.95)


def diamond(x: Plane, y: Plane) -> Plane:
    """A rhombus on its tip."""
    return (_absolute(x) + 0.6 * _absolute(y) - 0.6) / math.hypot(1.0, 0.6)


def crescent(x: Plane, y: Plane) -> Plane:
    """A disc less a disc to its right."""
    return _larger(_length(x, y) - 0.95, 0.75 - _length(x - 0.5, y))


def bar(x: Plane, y: Plane) -> Plane:
    """A bar that lies."""
    return _larger(_absolute(x) - 0.9, _absolute(y) - 0.32)


def pillar(x: Plane, y: Plane) -> Plane:
    """A bar that stands."""
    return bar(y, x)


def star(x: Plane, y: Plane) -> Plane:
    """A star of four points."""
    across, down = _absolute(x), _absolute(y)
    return _larger(0.78 - _length(across - 0.95, down - 0.95), 0.7 * (across + down - 1.0))


def hourglass(x: Plane, y: Plane) -> Plane:
    """Two triangles, tip to tip."""
    return _larger(0.8 * (_absolute(x) - 0.7 * _absolute(y) - 0.08), _absolute(y) - 0.78)


def corner(x: Plane, y: Plane) -> Plane:
    """A square less its upper right."""
    return _larger(square(x, y), _smaller(x, y) + 0.1)


def arrow(x: Plane, y: Plane) -> Plane:
    """An arrow that points up."""
    across = _absolute(x)
    head = _larger(0.7 * (across + y - 0.95), 0.05 - y)
    return _smaller(head, _larger(across - 0.26, _absolute(y + 0.4) - 0.5))


SHAPES: Mapping[str, Callable[[Plane, Plane], Plane]] = MappingProxyType(
    {
        shape.__name__: shape
        for shape in (
            disc,
            square,
            triangle,
            ring,
            cross,
            diamond,
            crescent,
            bar,
            star,
            hourglass,
            corner,
            arrow,
            pillar,
        )
    }
)
"""Shapes by name, most distinct first: a vocabulary of n nouns uses the first n."""
