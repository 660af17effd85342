"""The points that probes are fitted on, tuned on and scored on."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import jax
import numpy as np
from jaxtyping import Array, Key, Shaped

from scm import Batch, World
from scm.compiler import quickly

TRAIN, VALIDATION, TEST = 2048, 1024, 4096
"""Points that probes are fitted on, tuned on, and scored on."""

T = TypeVar("T")


def drawing(*static: str) -> Callable[[Callable[..., T]], Callable[..., T]]:
    """`jax.jit` for what draws images: of vectors it compiles quickly, of pixels it runs fast.

    Drawing 2,048 images of pixels takes 22 to 45 ms, and 130 where it is compiled `quickly`, which
    saves half a second to a second of compilation; vectors take a millisecond either way.

    Args:
        static: names of arguments that decide which program is compiled.
    """

    def compiled(draw: Callable[..., T]) -> Callable[..., T]:
        quick = jax.jit(draw, static_argnames=static, compiler_options=quickly())
        fast = jax.jit(draw, static_argnames=static)

        @wraps(draw)
        def drawn(*args: Any, **kwargs: Any) -> T:
            shapes = jax.tree.leaves(quick.eval_shape(*args, **kwargs))
            pixels = any(of_pixels(shape) for shape in shapes)
            return (fast if pixels else quick)(*args, **kwargs)

        return drawn

    return compiled


def of_pixels(rows: Shaped[Array, " n *shape"] | jax.ShapeDtypeStruct) -> bool:
    """Whether an array, or its shape, has images of pixels for rows, not vectors or captions."""
    return len(rows.shape) > 2


def probe_points() -> int:
    """How many pairs a `probe_sample` has."""
    return TRAIN + VALIDATION + TEST


def probe_sample(world: World, key: Key[Array, ""]) -> Batch:
    """A fresh sample for probes, `TRAIN` + `VALIDATION` + `TEST` pairs.

    Args:
        world: what is sampled.
        key: random key of the pairs.
    """
    return sample_pairs(world, key, probe_points())


def split(points: Shaped[Array | np.ndarray, " n *d"]) -> dict[str, np.ndarray]:
    """The parts of a `probe_sample` by name, on the host, where probes fill them up."""
    parts = np.split(np.asarray(points), (TRAIN, TRAIN + VALIDATION))
    return dict(zip(("train", "validation", "test"), parts, strict=True))


@drawing("pairs")
def sample_pairs(world: World, key: Key[Array, ""], pairs: int) -> Batch:
    """Draw pairs of a world in one program.

    Args:
        world: draws them.
        key: random key.
        pairs: how many.
    """
    return world.sample(key, pairs)
