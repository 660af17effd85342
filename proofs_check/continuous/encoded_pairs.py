"""Pairs of a continuous world as two encoders code them, in double precision."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key

from proofs_check.comparison import Comparison
from proofs_check.quantities.uniformity import uniformity_p_value
from scm import Batch, ContentSCM, named_key
from scm.compiler import quickly

PAIRS = 4096
"""Pairs that are drawn. At `LEVEL`, codes 0.05 away from uniform are seen."""

LEVEL = 1e-8
"""Probability that uniform codes fail their tests: small, as thousands of worlds are checked."""

OPERATIONS = 100
"""Roundings between latents and a code: some 15 for each of the products and solves of three layers
there and three back add up like a random walk, to 10, times the loss of digits where an activation
is inverted, 1 / slope = 5, times 2."""

STEP = 2.0**-20
"""Relative step of the differences that tell how far rounding errors move a code."""

CHANGED = 512
"""Inputs that are changed for it; `OPERATIONS` leaves room for those that are not."""

ArrayMap = Callable[[Array], Array]


@dataclass(frozen=True, eq=False)
class EncodedPairs:
    """The codes of n pairs, and of other pairs of the same content.

    Attributes:
        z_inv: the content.
        image: the codes f(x).
        text: the codes g(y).
        image_again: f of images with the same content; all else is drawn again.
        text_again: g of texts with the same content; all else is drawn again.
        rounding: bound on the rounding errors of all codes: eps times `OPERATIONS` times the
            largest change of a code when its input changes in proportion, to first order.
    """

    z_inv: Float[np.ndarray, "n inv"]
    image: Float[np.ndarray, "n d"]
    text: Float[np.ndarray, "n d"]
    image_again: Float[np.ndarray, "n d"]
    text_again: Float[np.ndarray, "n d"]
    rounding: float

    @property
    def alignment(self) -> float:
        """E |f(x) - g(y)|^2."""
        return _mean_square(self.image, self.text)

    @property
    def nuisance(self) -> float:
        """E |f(x) - f(x')|^2 + E |g(y) - g(y')|^2 over pairs of the same content."""
        return _mean_square(self.image, self.image_again) + _mean_square(self.text, self.text_again)

    def attain_optimum(self) -> list[Comparison]:
        """L_AE is 0 where codes of image and text agree and are uniform."""
        size = self.image.shape[-1]
        tolerance = size * self.rounding**2
        p_value = uniformity_p_value(self.image)
        return [
            Comparison("alignment E|f - g|^2", "~=", 0.0, self.alignment, tolerance),
            Comparison("p-value of uniform codes", ">=", LEVEL, p_value),
        ]


def encode_pairs(
    world: ContentSCM, image_encoder: ArrayMap, text_encoder: ArrayMap, key: Key[Array, ""]
) -> EncodedPairs:
    """Draw `PAIRS` pairs and others of the same content, and code them.

    Args:
        world: the world.
        image_encoder: f, a pytree.
        text_encoder: g, a pytree.
        key: random key.
    """
    batch = draw_pairs(world, key)
    signs = named_key(key, "signs")
    image, image_change = _code(image_encoder, batch.image, signs)
    text, text_change = _code(text_encoder, batch.text, signs)
    change = max(1.0, float(image_change), float(text_change))
    z_inv = np.asarray(batch.latents["z_inv"])
    return EncodedPairs(
        z_inv=z_inv[:PAIRS],
        image=np.asarray(image)[:PAIRS],
        text=np.asarray(text)[:PAIRS],
        image_again=np.asarray(image)[PAIRS:],
        text_again=np.asarray(text)[PAIRS:],
        rounding=OPERATIONS * float(np.finfo(z_inv.dtype).eps) * change,
    )


def draw_pairs(world: ContentSCM, key: Key[Array, ""]) -> Batch:
    """Draw `PAIRS` pairs, and then as many of the same content.

    Args:
        world: the world.
        key: random key.
    """
    return _draw(world, named_key(key, "pairs"))


@partial(jax.jit, compiler_options=quickly())
def _draw(world: ContentSCM, key: Key[Array, ""]) -> Batch:
    noise = world.noise(key, 2 * PAIRS)
    return world.generate(noise | {"z_inv": jnp.tile(noise["z_inv"][:PAIRS], (2, 1))})


@partial(jax.jit, compiler_options=quickly())
def _code(encoder: ArrayMap, inputs: Array, key: Key[Array, ""]) -> tuple[Array, Array]:
    """The codes, and their largest change as inputs change by their size, with random signs."""
    some = inputs[:CHANGED]
    moved = some * (1 + STEP * jax.random.rademacher(key, some.shape, some.dtype))
    codes, changed = jnp.split(encoder(jnp.concatenate([inputs, moved])), [len(inputs)])
    return codes, jnp.max(jnp.abs(changed - codes[:CHANGED])) / STEP


def _mean_square(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.mean(np.sum((a - b) ** 2, axis=-1)))
