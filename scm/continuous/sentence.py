"""Sentence-level worlds (Assumption 1 of the paper): image and text are vectors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal, get_args

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, ArrayLike, Bool, Float, Key

from scm.arguments import require_choice, require_integer, require_number
from scm.batch import Batch
from scm.capabilities import Side
from scm.continuous.content import ContentConfig, ContentSCM
from scm.continuous.interventions import Intervention
from scm.keys import named_key
from scm.mixing import Mixing, MixingConfig
from scm.pytree import pytree_dataclass
from scm.world import WORLDS

Style = Literal["conditional", "copy"]

TEXT_BLOCKS = ("z_inv", "z_dp_txt", "z_pr_txt")
"""The blocks that make a text, in the order in which G takes them."""


@dataclass(frozen=True)
class SentenceConfig(ContentConfig):
    """Settings of a sentence-level world. The defaults satisfy Assumption 1 of the paper.

    Attributes:
        n_pr_txt: size of ``z_pr_txt``, what is private to the text.
        style: ``conditional`` draws the styles of image and text independently given ``z_inv``
            (Assumption 1). ``copy`` makes the text's style a perturbed copy of the image's,
            ``z_dp_txt = z_dp_img + mask * noise`` [vonkugelgen2021], which violates it.
        style_change: probability that a coordinate of the copy is perturbed, in [0, 1]; read only
            when style is ``copy``.
        mixing_txt: the text's mixing G.

    Raises:
        ArgumentError: if a setting is outside its range.
    """

    n_pr_txt: int = 5
    style: Style = "conditional"
    style_change: float = 1.0
    mixing_txt: MixingConfig = field(default_factory=MixingConfig)

    def __post_init__(self) -> None:
        super().__post_init__()
        require_integer("n_pr_txt", self.n_pr_txt, 0)
        require_choice("style", self.style, get_args(Style))
        require_number("style_change", self.style_change, 0.0, 1.0)

    @property
    def sizes(self) -> dict[str, int]:
        """The size of every latent block by name."""
        return super().sizes | {"z_dp_txt": self.n_dp, "z_pr_txt": self.n_pr_txt}

    @property
    def sides(self) -> dict[str, Side]:
        """See `StatesSides`."""
        return {**super().sides, "z_dp_txt": "text", "z_pr_txt": "text"}

    @property
    def satisfies_assumption_1(self) -> bool:
        """Whether styles are drawn given ``z_inv`` and both modalities hold all of ``z_inv``."""
        return self.style == "conditional" and self.unwritten == 0 and self.unseen == 0

    def build(self, key: Key[Array, ""]) -> SentenceSCM:
        """Draw covariances, graph, style mechanisms and mixings; see `SentenceSCM`."""
        return SentenceSCM.create(self, key)


@pytree_dataclass
class SentenceSCM(ContentSCM):
    """A sentence-level structural causal model.

    Content and image are those of `ContentSCM`; ``z_dp_txt = B_txt z_inv + a_txt + noise`` or a
    perturbed copy of ``z_dp_img``, and ``text = G(z_inv, z_dp_txt, z_pr_txt)``.

    Attributes:
        copies_style: whether ``z_dp_txt`` is a perturbed copy of ``z_dp_img``; its noise is then
            the perturbation.
        style_change: probability that a copied coordinate is perturbed.
        mixing_txt: G.

    Source: Assumption 1 of the paper [chen2025]; sizes and laws of the reference simulation
    [daunhawer2023].
    """

    blocks: ClassVar = ("z_inv", "z_dp_img", "z_dp_txt", "z_pr_img", "z_pr_txt")
    styles: ClassVar = ("z_dp_img", "z_dp_txt")

    copies_style: Bool[Array, ""]
    style_change: Float[Array, ""]
    mixing_txt: Mixing

    @classmethod
    def create(cls, config: SentenceConfig, key: Key[Array, ""]) -> SentenceSCM:
        """Draw a world.

        Args:
            config: its settings.
            key: random key; each random parameter has its own named child.
        """
        size = config.n_inv + config.n_dp + config.n_pr_txt
        return cls.draw(
            config,
            key,
            copies_style=jnp.asarray(config.style == "copy"),
            style_change=jnp.asarray(config.style_change, float),
            mixing_txt=Mixing.create(config.mixing_txt, size, named_key(key, "mixing text")),
        )

    def noise(self, key: Key[Array, ""], n: int) -> dict[str, Float[Array, "n _"]]:
        """Draw the exogenous noise of n pairs.

        Returns:
            The noise of each block by name, and under ``"style change"`` the mask of perturbed
            coordinates of a copied style.
        """
        noise = super().noise(key, n)
        shape = noise["z_dp_txt"].shape
        draws = jax.random.uniform(named_key(key, "style change"), shape)
        return noise | {"style change": (draws < self.style_change).astype(draws.dtype)}

    def generate(
        self, noise: dict[str, Float[Array, "n _"]], do: Mapping[str, ArrayLike] | None = None
    ) -> Batch:
        """See `ContentSCM.generate`."""
        intervention = Intervention.create(self.sizes, do, noise["z_inv"].shape[0])
        latents = self._latents(noise, intervention)
        z_inv = latents["z_inv"]
        copied = latents["z_dp_img"] + noise["style change"] * noise["z_dp_txt"]
        natural = jnp.where(self.copies_style, copied, self._caused("z_dp_txt", z_inv, noise))
        z_dp_txt = intervention.apply("z_dp_txt", natural)
        z_pr_txt = intervention.apply("z_pr_txt", noise["z_pr_txt"])
        said = jnp.concatenate([z_inv * self.written[None, :], z_dp_txt, z_pr_txt], axis=-1)
        return Batch(
            image=self._image(latents),
            text=self.mixing_txt.forward(said),
            latents=latents | {"z_dp_txt": z_dp_txt, "z_pr_txt": z_pr_txt},
        )

    def text_blocks(self, text: Float[Array, "n y"]) -> dict[str, Float[Array, "n _"]]:
        """The blocks that make a text, by name: G inverted; content that is not written is 0."""
        ends = np.cumsum([self.sizes[name] for name in TEXT_BLOCKS[:-1]])
        parts = jnp.split(self.mixing_txt.inverse(text), ends, axis=-1)
        return dict(zip(TEXT_BLOCKS, parts, strict=True))

    def read(self, text: Float[Array, "n y"]) -> Float[Array, "n inv"]:
        """See `ContentSCM.read`."""
        return self.text_blocks(text)["z_inv"]

    def text_style(self, text: Float[Array, "n y"]) -> Float[Array, "n dp"]:
        """See `ContentSCM.text_style`: that of ``z_dp_txt`` given content."""
        return self.standard_style("z_dp_txt", self.text_blocks(text))


WORLDS.register("sentence", SentenceConfig)
