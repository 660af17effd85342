"""Continuous worlds as the claims look at them: settings, a seed, and the optimum in question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax
from jaxtyping import Array, Key

from proofs_check.continuous.darmois import Darmois
from scm import ContentSCM, SentenceConfig, TokenConfig, named_key
from scm.arguments import require_integer


@dataclass(frozen=True)
class SampledWorld:
    """A continuous world that is drawn, and then sampled, from named keys of its seed.

    Attributes:
        config: the world's settings.
        seed: of the keys; at least 0.
        code: the map h of content that the encoders in question compute, `Darmois` or `Fold`, or a
            user's own `Code`.

    Raises:
        ArgumentError: if the seed is not such a number.
    """

    config: SentenceConfig | TokenConfig
    seed: int
    code: type[Any] = Darmois

    def __post_init__(self) -> None:
        require_integer("seed", self.seed, 0)

    def build(self) -> ContentSCM:
        """Draw the world; in double precision under ``jax.enable_x64(True)``."""
        return self.config.build(self.key("world"))

    def key(self, name: str) -> Key[Array, ""]:
        """The random key of this name."""
        return named_key(jax.random.key(self.seed), name)
