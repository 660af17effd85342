"""How words look in pictures: colours, sizes and fills."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import jax.numpy as jnp
from jaxtyping import Array, Float

Plane = Float[Array, "rows columns"]

Planes = Float[Array, "3 rows columns"]
"""A picture, a plane for each channel."""

COLOURS: Mapping[str, tuple[float, float, float]] = MappingProxyType(
    {
        "red": (0.82, 0.10, 0.10),
        "green": (0.08, 0.52, 0.12),
        "blue": (0.10, 0.18, 0.82),
        "yellow": (0.83, 0.76, 0.08),
        "purple": (0.46, 0.10, 0.62),
        "cyan": (0.08, 0.72, 0.78),
        "orange": (0.83, 0.42, 0.08),
        "pink": (0.83, 0.35, 0.62),
    }
)
"""Values of attribute slot 0."""

NO_COLOUR = (0.20, 0.20, 0.20)
WHITE = (0.83, 0.83, 0.83)

RADII: Mapping[str, float] = MappingProxyType({"small": 0.62, "large": 1.0})
"""Values of attribute slot 1, against the largest."""

NO_SIZE = 0.79


def antialiased(distance: Plane) -> Plane:
    """How much of a pixel is inside, for the signed distance of its centre in pixels.

    Falls from 1 to 0 within a pixel, with a continuous derivative.
    """
    inside = jnp.clip(0.5 - distance, 0.0, 1.0)
    return inside * inside * (3.0 - 2.0 * inside)


@dataclass(frozen=True)
class Surface:
    """The canvas as an object sees it.

    Attributes:
        x: each pixel's place to the right of the object's centre, in radii, turned with it.
        y: the same, upwards.
        radius: the radius in pixels.
    """

    x: Plane
    y: Plane
    radius: Float[Array, ""]

    @property
    def right_half(self) -> Plane:
        """1 right of the centre, 0 left of it."""
        return antialiased(-self.x * self.radius)

    @property
    def upper_half(self) -> Plane:
        """1 above the centre, 0 below it."""
        return antialiased(-self.y * self.radius)


def _striped(surface: Surface) -> Plane:
    return 0.5 - 0.5 * jnp.cos(2.0 * jnp.pi * 1.3 * surface.y)


def _faded(surface: Surface) -> Plane:
    return 0.5 - 0.5 * jnp.tanh(2.0 * surface.y)


def _halved(surface: Surface) -> Plane:
    return 1.0 - surface.right_half


def _checked(surface: Surface) -> Plane:
    right, upper = surface.right_half, surface.upper_half
    return right + upper - 2.0 * right * upper


FILLS: Mapping[str, Callable[[Surface], Plane]] = MappingProxyType(
    {"striped": _striped, "faded": _faded, "halved": _halved, "checked": _checked}
)
"""Values of attribute slot 2: how white an object is at each pixel. Unspecified, it is not."""
