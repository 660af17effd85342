"""Kinds of images."""

from typing import Final, Literal

ImageKind = Literal["vectors", "pixels"]

VECTORS: Final = "vectors"
PIXELS: Final = "pixels"
