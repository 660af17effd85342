"""Token-level worlds with continuous tokens (Assumption 4 of the paper): a text is k vectors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal, get_args

import jax
import jax.numpy as jnp
from jaxtyping import Array, ArrayLike, Float, Key

from scm.arguments import require, require_choice, require_integer, require_number
from scm.batch import Batch
from scm.capabilities import Side
from scm.continuous.content import ContentConfig, ContentSCM
from scm.continuous.interventions import Intervention
from scm.continuous.token_mechanism import TokenMechanism
from scm.draws import normal_rows
from scm.keys import named_key
from scm.mixing import Mixing, MixingConfig
from scm.pytree import pytree_dataclass
from scm.world import WORLDS

Spread = Literal["one", "all"]


@dataclass(frozen=True)
class TokenConfig(ContentConfig):
    """Settings of a token-level world. The defaults satisfy Assumption 4 of the paper.

    Attributes:
        n_tokens: number k of tokens, at least 1.
        token_width: size m of a token's latent and of its embedding, at least 1; the tokens
            together have room for content, ``k m >= n_inv``, and what is left is noise.
        spread: how concepts are spread over tokens. ``one``: concept j is said by token j mod k
            alone, and tokens past the last concept say none. ``all``: every token that says
            anything says a share of every concept, the shares being a rotation of content.
        dependence: strength of the dependence on earlier tokens, at least 0; at 0 tokens are
            independent given content.
        unmentioned: probability, pair by pair, that each of the ``unwritten`` concepts goes
            unmentioned, in [0, 1]. At 1 they are never said, in between they are partly mentioned.
        embedding: the mixing e that embeds every token, shared over positions.

    Raises:
        ArgumentError: if a setting is outside its range.
    """

    n_inv: int = 4
    n_dp: int = 4
    n_pr_img: int = 4
    n_tokens: int = 4
    token_width: int = 3
    spread: Spread = "one"
    dependence: float = 0.5
    unmentioned: float = 1.0
    embedding: MixingConfig = field(default_factory=lambda: MixingConfig(depth=2))

    def __post_init__(self) -> None:
        super().__post_init__()
        require_integer("n_tokens", self.n_tokens, 1)
        require_integer("token_width", self.token_width, 1)
        needed = -(-self.n_inv // self.n_tokens)
        has_room = self.token_width >= needed
        room = f"at least {needed} for {self.n_inv} concepts on {self.n_tokens} tokens"
        require(has_room, "token_width", room, self.token_width)
        require_choice("spread", self.spread, get_args(Spread))
        require_number("dependence", self.dependence, 0.0)
        require_number("unmentioned", self.unmentioned, 0.0, 1.0)

    @property
    def sizes(self) -> dict[str, int]:
        """The size of every latent block by name."""
        return super().sizes | {"token_noise": self.n_tokens * self.token_width - self.n_inv}

    @property
    def sides(self) -> dict[str, Side]:
        """See `StatesSides`."""
        return {**super().sides, "token_noise": "text"}

    @property
    def satisfies_assumption_4(self) -> bool:
        """Whether text and image both hold all of ``z_inv``."""
        return (self.unwritten == 0 or self.unmentioned == 0) and self.unseen == 0

    def build(self, key: Key[Array, ""]) -> TokenSCM:
        """Draw covariances, graph, mechanisms and mixings; see `TokenSCM`."""
        return TokenSCM.create(self, key)


@pytree_dataclass
class TokenSCM(ContentSCM):
    """A token-level structural causal model with continuous tokens.

    Content and image are those of `ContentSCM`; token latents are
    ``z_i = t_i(z_inv, z_1 ... z_{i-1}, noise_i)`` with the `TokenMechanism` t, and token i of the
    text is ``e(z_i)``. A concept that goes unmentioned is 0 to the text. Token noises are
    independent of each other, of ``z_inv`` and of the image's noises, so image and text are
    independent given ``z_inv``.

    Attributes:
        mechanism: t.
        embedding: e.
        unmentioned: probability that a concept that is not written goes unmentioned.

    Source: Assumption 4 of the paper [chen2025].
    """

    blocks: ClassVar = ("z_inv", "z_dp_img", "z_pr_img")

    mechanism: TokenMechanism
    embedding: Mixing
    unmentioned: Float[Array, ""]

    @classmethod
    def create(cls, config: TokenConfig, key: Key[Array, ""]) -> TokenSCM:
        """Draw a world.

        Args:
            config: its settings.
            key: random key; each random parameter has its own named child.
        """
        return cls.draw(
            config,
            key,
            mechanism=TokenMechanism.create(
                named_key(key, "tokens"),
                config.n_inv,
                config.n_tokens,
                config.token_width,
                mixed=config.spread == "all",
                dependence=config.dependence,
            ),
            embedding=Mixing.create(
                config.embedding, config.token_width, named_key(key, "embedding")
            ),
            unmentioned=jnp.asarray(config.unmentioned, float),
        )

    @property
    def sizes(self) -> dict[str, int]:
        """The size of every latent block by name; ``token_noise`` holds that of all k tokens."""
        return super().sizes | {"token_noise": self.mechanism.n_noise}

    def noise(self, key: Key[Array, ""], n: int) -> dict[str, Float[Array, "n _"]]:
        """Draw the exogenous noise of n pairs.

        Returns:
            The noise of each block by name, and under ``"unmentioned"`` the mask of concepts that
            the text leaves out where they are not written.
        """
        size = self.mechanism.n_noise
        draws = jax.random.uniform(named_key(key, "unmentioned"), (n, self.written.shape[0]))
        return super().noise(key, n) | {
            "token_noise": normal_rows(named_key(key, "token_noise"), n, size),
            "unmentioned": (draws < self.unmentioned).astype(draws.dtype),
        }

    def generate(
        self, noise: dict[str, Float[Array, "n _"]], do: Mapping[str, ArrayLike] | None = None
    ) -> Batch:
        """See `ContentSCM.generate`."""
        intervention = Intervention.create(self.sizes, do, noise["z_inv"].shape[0])
        latents = self._latents(noise, intervention)
        token_noise = intervention.apply("token_noise", noise["token_noise"])
        mentioned = 1.0 - (1.0 - self.written[None, :]) * noise["unmentioned"]
        tokens = self.mechanism.forward(latents["z_inv"] * mentioned, token_noise)
        return Batch(
            image=self._image(latents),
            text=self.embedding.forward(tokens),
            latents=latents | {"token_noise": token_noise},
        )

    def read(self, text: Float[Array, "n k m"]) -> Float[Array, "n inv"]:
        """See `ContentSCM.read`."""
        return self.mechanism.inverse(self.embedding.inverse(text))[0]

    def noises(self, text: Float[Array, "n k m"]) -> Float[Array, "n noise"]:
        """The token noises that made a text; by recoverability the text alone fixes them."""
        return self.mechanism.inverse(self.embedding.inverse(text))[1]

    def text_style(self, text: Float[Array, "n k m"]) -> Float[Array, "n noise"]:
        """See `ContentSCM.text_style`: the `noises` of all tokens."""
        return self.noises(text)


WORLDS.register("tokens", TokenConfig)
