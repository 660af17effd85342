r"""What a hard negative moves, and the margins of both halves that follow from it (T17).

For a drawn pair (x, y), a hard negative y' and an image x~ of it, with
:math:`\Delta g = g(y') - g(y)`, :math:`\Delta f = f(\tilde x) - f(x)` and the misalignment
:math:`e = f(x) - g(y)`, and unit vectors g,

.. math:: f(x) \cdot (g(y) - g(y')) = \tfrac12 |\Delta g|^2 - e \cdot \Delta g, \qquad
    f(\tilde x) \cdot (g(y') - g(y)) = \Delta f \cdot \Delta g - \tfrac12 |\Delta g|^2
    + e \cdot \Delta g.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from jaxtyping import Bool, Float

from scm.array_module import AnyArray, array_module


class Displacements(NamedTuple):
    """How far hard negatives move embeddings, and how far drawn pairs are misaligned.

    Attributes:
        text: g(y') - g(y); of numpy or, also inside jit, of JAX.
        image: f(x~) - f(x).
        misalignment: f(x) - g(y).
    """

    text: Float[Any, "n d"]
    image: Float[Any, "n d"]
    misalignment: Float[Any, "n d"]

    @classmethod
    def of(
        cls,
        image: Float[AnyArray, "n d"],
        caption: Float[AnyArray, "n d"],
        negative: Float[AnyArray, "n d"],
        other: Float[AnyArray, "n d"],
    ) -> Displacements:
        """The displacements of embeddings.

        Args:
            image: f(x).
            caption: g(y).
            negative: g(y').
            other: f(x~).
        """
        return cls(negative - caption, other - image, image - caption)

    @property
    def familiar_margin(self) -> Float[Any, " n"]:
        """How far x prefers y to y', where g(y) and g(y') are unit vectors.

        Source: THEORY.md, T17; ours, not the paper's.
        """
        return 0.5 * _dot(self.text, self.text) - _dot(self.misalignment, self.text)

    @property
    def novel_margin(self) -> Float[Any, " n"]:
        """How far x~ prefers y' to y, where g(y) and g(y') are unit vectors.

        Source: THEORY.md, T17; ours, not the paper's.
        """
        return _dot(self.image, self.text) - self.familiar_margin

    @property
    def composes(self) -> Bool[Any, " n"]:
        """Whether an aligned encoder has the novel half right: cos(df, dg) > |dg| / (2 |df|).

        Source: THEORY.md, T17; ours, not the paper's.
        """
        return _dot(self.image, self.text) > 0.5 * _dot(self.text, self.text)

    @property
    def sizes(self) -> tuple[Float[Any, " n"], Float[Any, " n"], Float[Any, " n"]]:
        """The lengths of the displacements of text and image and of the misalignment."""
        norm = array_module(self.text).linalg.norm
        text, image, misalignment = (norm(each, axis=1) for each in self)
        return text, image, misalignment


def _dot(first: Float[Any, "n d"], second: Float[Any, "n d"]) -> Float[Any, " n"]:
    return array_module(first).sum(first * second, axis=1)
