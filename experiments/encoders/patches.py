"""Images as sets of patches."""

from __future__ import annotations

import jax
from jaxtyping import Array, Float

from scm.arguments import require


def patch_count(inputs: jax.ShapeDtypeStruct, side: int) -> tuple[int, int]:
    """Number of patches of an image, and of values in a patch.

    Args:
        inputs: shape and dtype of a batch of images; the batch axis comes first.
        side: of a patch, in pixels.

    Raises:
        ArgumentError: if the inputs are no images, or do not divide into patches.
    """
    require(len(inputs.shape) == 4, "inputs", "images of pixels with channels", inputs.shape)
    _, rows, columns, channels = inputs.shape
    whole = rows % side == 0 and columns % side == 0
    require(whole, "patch", f"a side that divides {rows} x {columns} pixels", side)
    return rows // side * (columns // side), side * side * channels


def patches(
    images: Float[Array, "b rows columns channels"], side: int
) -> Float[Array, "b patches values"]:
    """The square patches of images, row by row.

    Args:
        images: of pixels; their sides are multiples of ``side``.
        side: of a patch, in pixels.
    """
    b, rows, columns, channels = images.shape
    grid = images.reshape(b, rows // side, side, columns // side, side, channels)
    return grid.swapaxes(2, 3).reshape(b, -1, side * side * channels)
