"""Interventions: `do` on whole blocks and on single coordinates."""

from __future__ import annotations

import re
from collections.abc import Mapping

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, ArrayLike, Float

from scm.arguments import ArgumentError, require
from scm.pytree import pytree_dataclass

_TARGET = re.compile(r"(?P<block>\w+)(\[(?P<index>\d+)\])?")


@pytree_dataclass
class Intervention:
    """Values forced on some coordinates of the latent blocks.

    Arrays of fixed shape, so that every intervention on a world runs the same compiled program as
    none: what an intervention leaves alone keeps its bits.

    Attributes:
        mask: for each block, 1 at the coordinates that are set, else 0.
        value: for each block, what they are set to, one row for all pairs or one a pair.
    """

    mask: dict[str, Float[Array, " _"]]
    value: dict[str, Float[Array, "*n _"]]

    @classmethod
    def create(
        cls, sizes: Mapping[str, int], do: Mapping[str, ArrayLike] | None, n: int
    ) -> Intervention:
        """Read ``{"z_inv[2]": 1.5, "z_dp_img": 0.0}``.

        Args:
            sizes: the world's blocks and their sizes.
            do: target to value. A target is a block, or one coordinate of it by index. A value is
                a number, one number a pair for a coordinate (shape ``(n,)``), or anything that
                broadcasts to ``(n, size)`` for a block.
            n: number of pairs.

        Raises:
            ArgumentError: for a target that names no coordinate of this world, a value that does
                not broadcast, or two targets that overlap.
        """
        mask = {name: np.zeros(size, np.float32) for name, size in sizes.items()}
        value = {name: jnp.zeros((n, size)) for name, size in sizes.items()}
        for target, wanted in (do or {}).items():
            match = _TARGET.fullmatch(target)
            block = match["block"] if match else ""
            known = f"one of {', '.join(sizes)}, or a coordinate such as z_inv[0]"
            require(block in sizes, "do", known, target)
            assert match is not None
            size = sizes[block]
            if match["index"] is None:
                columns, shape = slice(None), (n, size)
            else:
                columns, shape = int(match["index"]), (n,)
                require(columns < size, "do", f"an index below {size} for {block}", target)
            wanted = jnp.asarray(wanted, value[block].dtype)
            try:
                rows = jnp.broadcast_to(wanted, shape)
            except ValueError:
                raise ArgumentError(
                    f"do: expected a value for {target} that broadcasts to {shape}, "
                    f"got shape {wanted.shape}"
                ) from None
            unset = not np.any(mask[block][columns])
            require(unset, "do", "each coordinate to be set once", target)
            mask[block][columns] = 1.0
            value[block] = value[block].at[:, columns].set(rows)
        return cls({name: jnp.asarray(ones) for name, ones in mask.items()}, value)

    def apply(self, block: str, natural: Float[Array, "*n size"]) -> Float[Array, "*n size"]:
        """``natural`` with the set coordinates of ``block`` replaced.

        Args:
            block: its name.
            natural: its values but for the intervention, one row a pair.
        """
        mask = jnp.broadcast_to(self.mask[block], natural.shape)
        return jnp.where(mask > 0, self.value[block], natural)
