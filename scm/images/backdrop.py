"""What of a picture is private to it: background, lighting, texture and sensor noise."""

from __future__ import annotations

import itertools

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from scm.images.appearance import Plane, Planes
from scm.pytree import pytree_dataclass

BACKGROUND = 0.66
"""Middle of each channel of the background's colour: a light grey."""

BACKGROUND_RANGE = 0.1
TEXTURE_RANGE = 0.06
LIGHTING_RANGE = 0.12
SENSOR_NOISE_RANGE = 0.06
"""At full strength: the largest change of a channel, but for lighting, which is relative."""

TEXTURE_CYCLES = 4.0
"""Largest frequency of the texture along each axis, in cycles an image."""

DARKEST = SENSOR_NOISE_RANGE / (1.0 - LIGHTING_RANGE)
BRIGHTEST = (1.0 - SENSOR_NOISE_RANGE) / (1.0 + LIGHTING_RANGE)
"""Unlit and noiseless channels in [`DARKEST`, `BRIGHTEST`] stay in [0, 1] when lit and noisy."""

SIZES = {"background": 3, "lighting": 2, "texture": 4, "sensor noise": 8}
"""Coordinates of ``z_pr_img``, in this order."""


def within_unit(latent: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """The smooth bijection of R onto (-1, 1) that makes a standard normal uniform."""
    return jax.lax.erf(latent * 2.0**-0.5)


@pytree_dataclass
class Backdrop:
    """Private nuisances of square images, each with a strength in [0, 1].

    Attributes:
        background: strength of the background's colour; a latent a channel.
        lighting: of a gradient of brightness; the latents are its slopes to the right and down.
        texture: of a plane wave on the background; the latents are the amplitudes of its cosine
            and sine and its frequencies to the right and down.
        patterns: of sensor noise. Each pixel and channel mixes the same few latents, so that the
            image is a smooth function of them, with weights of its own, whose absolute values sum
            to the largest noise.
    """

    background: Float[Array, ""]
    lighting: Float[Array, ""]
    texture: Float[Array, ""]
    patterns: Float[Array, "noise rows columns 3"]

    @classmethod
    def create(
        cls,
        key: Key[Array, ""],
        resolution: int,
        *,
        background: float,
        lighting: float,
        texture: float,
        sensor_noise: float,
    ) -> Backdrop:
        """Draw the patterns of sensor noise.

        Args:
            key: random key.
            resolution: side in pixels, at least 1.
            background: strength of the colour, in [0, 1].
            lighting: strength of the gradient, in [0, 1].
            texture: strength of the wave, in [0, 1].
            sensor_noise: strength of the noise, in [0, 1].
        """
        shape = (SIZES["sensor noise"], resolution, resolution, 3)
        weights = jax.random.normal(key, shape)
        largest = sensor_noise * SENSOR_NOISE_RANGE
        return cls(
            background=jnp.asarray(background, weights.dtype),
            lighting=jnp.asarray(lighting, weights.dtype),
            texture=jnp.asarray(texture, weights.dtype),
            patterns=largest * weights / jnp.sum(jnp.abs(weights), axis=0, keepdims=True),
        )

    def draw(
        self, z_pr_img: Float[Array, " pr"]
    ) -> tuple[
        Planes,
        Plane,
        Float[Array, "rows columns 3"],
    ]:
        """The parts of one picture: ``image = lighting * (what is there) + noise``.

        Returns:
            The background with its texture, a plane for each channel, the lighting, and the sensor
            noise, channels last.
        """
        ends = list(itertools.accumulate(SIZES.values()))[:-1]
        colour, slope, wave, noise = jnp.split(within_unit(z_pr_img), ends)
        side = self.patterns.shape[1]
        place = (2.0 * jnp.arange(side, dtype=z_pr_img.dtype) + 1.0) / side - 1.0
        right, down = place[None, :], place[:, None]
        texture = _plane_wave(wave[:2], *(jnp.pi * TEXTURE_CYCLES * k * place for k in wave[2:]))
        background = BACKGROUND + BACKGROUND_RANGE * self.background * colour[:, None, None]
        gradient = 0.5 * (slope[0] * right + slope[1] * down)
        return (
            background + TEXTURE_RANGE * self.texture * texture[None],
            1.0 + LIGHTING_RANGE * self.lighting * gradient,
            jnp.einsum("k,kijc->ijc", noise, self.patterns),
        )


def _plane_wave(
    amplitudes: Float[Array, "waves=2"],
    right: Float[Array, " columns"],
    down: Float[Array, " rows"],
) -> Plane:
    """Half of ``a cos(r + d) + b sin(r + d)``, by sines and cosines of each axis alone."""
    a, b = amplitudes
    cosine, sine = jnp.cos(right), jnp.sin(right)
    along = jnp.cos(down)[:, None] * (a * cosine + b * sine)[None, :]
    return 0.5 * (along + jnp.sin(down)[:, None] * (b * cosine - a * sine)[None, :])
