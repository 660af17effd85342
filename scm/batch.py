"""What a world draws."""

from __future__ import annotations

from jaxtyping import Array, Shaped

from scm.pytree import pytree_dataclass


@pytree_dataclass
class Batch:
    """n pairs of an image and a text, with the latents that made them.

    Attributes:
        image: the images x, one a row.
        text: the texts y, one a row.
        latents: every latent block by name, e.g. ``latents["z_inv"]``, one row a pair. A block of
            size 0 is there, with no columns.
        negatives: m hard negatives of each text; None in worlds that draw none.
    """

    image: Shaped[Array, "n ..."]
    text: Shaped[Array, "n ..."]
    latents: dict[str, Shaped[Array, "n ..."]]
    negatives: Shaped[Array, "n m ..."] | None = None
