"""Encoders that read content exactly and code it: the optima of continuous worlds."""

from __future__ import annotations

from typing import ClassVar, Protocol, runtime_checkable

from jaxtyping import Array, Float

from scm import ContentSCM
from scm.pytree import pytree_dataclass


@runtime_checkable
class Code(Protocol):
    """A smooth map h of content into the cube (0, 1)^n.

    Attributes:
        degree: how many z share a code. A proper h has degree 1; only then is it a bijection, and
            only then it has an ``inverse``.
    """

    degree: ClassVar[int]

    @classmethod
    def of(cls, world: ContentSCM) -> Code:
        """The map of a world's content."""
        ...

    def __call__(self, z: Float[Array, "b n"], /) -> Float[Array, "b n"]:
        """h(z)."""
        ...


@pytree_dataclass
class ImageEncoder:
    """``f = h . pi_inv . F^{-1}``, with pi_inv the projection onto content.

    Attributes:
        world: whose images are read.
        code: h; with the Darmois map, f is f* of T2 (THEORY.md).
    """

    world: ContentSCM
    code: Code

    def __call__(self, image: Float[Array, "b x"]) -> Float[Array, "b n"]:
        """Embed a batch of images."""
        return self.code(self.world.image_blocks(image)["z_inv"])


@pytree_dataclass
class TextEncoder:
    """``g = h . r``, with r the reading map.

    Attributes:
        world: whose texts are read.
        code: h; with the Darmois map, g is g* of T2 (THEORY.md).
    """

    world: ContentSCM
    code: Code

    def __call__(self, text: Float[Array, "b ..."]) -> Float[Array, "b n"]:
        """Embed a batch of texts."""
        return self.code(self.world.read(text))
