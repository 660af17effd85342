"""Mean of patches, blind to where they are."""

from __future__ import annotations

from dataclasses import dataclass

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Float

from experiments.encoders.encoder import ENCODERS
from experiments.encoders.mlp import MLP, MLPConfig
from experiments.encoders.patches import patch_count, patches
from scm.arguments import require_integer


@dataclass(frozen=True)
class PatchPoolConfig:
    """Sizes of a patch pool.

    Attributes:
        patch: side of a patch in pixels; divides the image's.
        hidden: widths of the layers before the mean, and of those after it.

    Raises:
        ArgumentError: if a size is below 1.
    """

    patch: int = 6
    hidden: tuple[int, ...] = (128, 128)

    def __post_init__(self) -> None:
        require_integer("patch", self.patch, 1)
        MLPConfig(self.hidden)

    def build(self, inputs: jax.ShapeDtypeStruct, outputs: int, rngs: nnx.Rngs) -> PatchPool:
        """See `EncoderConfig.build`; inputs are images."""
        _, values = patch_count(inputs, self.patch)
        return PatchPool(self.patch, values, self.hidden, outputs, rngs)


class PatchPool(nnx.Module):
    """``rho(mean over patches of phi(patch))`` with perceptrons rho and phi.

    A function of the set of patches: images with the same patches elsewhere are the same to it.
    """

    def __init__(
        self, patch: int, values: int, hidden: tuple[int, ...], outputs: int, rngs: nnx.Rngs
    ) -> None:
        features = hidden[-1] if hidden else outputs
        self.before = MLP((values, *hidden, features), "gelu", rngs)
        self.after = MLP((features, *hidden, outputs), "gelu", rngs)
        self.patch = patch

    def __call__(self, inputs: Float[Array, "b rows columns channels"]) -> Float[Array, "b d"]:
        """Embed a batch of images, one a row."""
        pieces = patches(inputs, self.patch)
        features = self.before(pieces.reshape(-1, pieces.shape[-1]))
        return self.after(jnp.mean(features.reshape(*pieces.shape[:2], -1), axis=1))


ENCODERS.register("patch_pool", PatchPoolConfig)
