"""Sentence-level worlds (Assumption 1 of the paper): image and text are vectors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

import jax
import jax.numpy as jnp
from jaxtyping import Array, ArrayLike, Bool, Float, Key

from scm.batch import Batch
from scm.checks import require, require_bool, require_choice, require_integer, require_number
from scm.interventions import Intervention
from scm.keys import named_key
from scm.mechanisms import DagMechanism, wishart_factor
from scm.mixing import Mixing, MixingConfig
from scm.pytree import pytree_dataclass
from scm.world import WORLDS

Law = Literal["independent", "gaussian", "dag"]
Style = Literal["conditional", "copy"]

BLOCKS = ("z_inv", "z_dp_img", "z_dp_txt", "z_pr_img", "z_pr_txt")


@dataclass(frozen=True)
class SentenceConfig:
    """Settings of a sentence-level world. The defaults satisfy Assumption 1 of the paper.

    Attributes:
        n_inv: size of ``z_inv``, the content that image and text share; at least 1.
        n_dp: size of ``z_dp_img`` and of ``z_dp_txt``, the style of each modality.
        n_pr_img: size of ``z_pr_img``, what is private to the image.
        n_pr_txt: size of ``z_pr_txt``, what is private to the text.
        law: how coordinates depend on each other. ``independent``: standard normal.
            ``gaussian``: each block has a random covariance of its own. ``dag``: content follows
            nonlinear additive-noise mechanisms on a random DAG, the other blocks are standard
            normal.
        edge_probability: of each edge of the DAG, in [0, 1].
        strength: scale of the DAG's mechanisms against their unit noise, at least 0.
        causal: whether content causes style, ``z_dp = B z_inv + a + noise``, with B and a of its
            own for each modality.
        style: ``conditional`` draws the styles of image and text independently given ``z_inv``
            (Assumption 1). ``copy`` makes the text's style a perturbed copy of the image's,
            ``z_dp_txt = z_dp_img + mask * noise`` [vonkugelgen2021], which violates it.
        style_change: probability that a coordinate of the copy is perturbed, in [0, 1]; read only
            when style is ``copy``.
        unwritten: how many content coordinates, counted from the last, the text does not say;
            above 0 a violation of recoverability.
        unseen: how many content coordinates, counted from the last, the image does not show;
            above 0 F loses a part of ``z_inv``, a violation of injectivity.
        mixing_img: the image's mixing F.
        mixing_txt: the text's mixing G.

    Raises:
        ValueError: if a setting is outside its range.
    """

    n_inv: int = 5
    n_dp: int = 5
    n_pr_img: int = 5
    n_pr_txt: int = 5
    law: Law = "independent"
    edge_probability: float = 0.5
    strength: float = 1.0
    causal: bool = False
    style: Style = "conditional"
    style_change: float = 1.0
    unwritten: int = 0
    unseen: int = 0
    mixing_img: MixingConfig = field(default_factory=MixingConfig)
    mixing_txt: MixingConfig = field(default_factory=MixingConfig)

    def __post_init__(self) -> None:
        require_integer("n_inv", self.n_inv, 1)
        for name in ("n_dp", "n_pr_img", "n_pr_txt", "unwritten", "unseen"):
            require_integer(name, getattr(self, name), 0)
        for name in ("unwritten", "unseen"):
            value = getattr(self, name)
            require(value <= self.n_inv, name, f"at most n_inv = {self.n_inv}", value)
        require_choice("law", self.law, get_args(Law))
        require_number("edge_probability", self.edge_probability, 0.0, 1.0)
        require_number("strength", self.strength, 0.0)
        require_bool("causal", self.causal)
        require_choice("style", self.style, get_args(Style))
        require_number("style_change", self.style_change, 0.0, 1.0)

    @property
    def sizes(self) -> dict[str, int]:
        """The size of every latent block by name."""
        sizes = (self.n_inv, self.n_dp, self.n_dp, self.n_pr_img, self.n_pr_txt)
        return dict(zip(BLOCKS, sizes, strict=True))

    @property
    def satisfies_assumption_1(self) -> bool:
        """Whether styles are drawn given ``z_inv`` and both modalities hold all of ``z_inv``."""
        return self.style == "conditional" and self.unwritten == 0 and self.unseen == 0

    def build(self, key: Key[Array, ""]) -> SentenceSCM:
        """Draw covariances, graph, style mechanisms and mixings; see `SentenceSCM`."""
        return SentenceSCM.create(self, key)


@pytree_dataclass
class SentenceSCM:
    """A sentence-level structural causal model.

    ``z_inv`` follows `DagMechanism` over its noise (without edges it is its noise),
    ``z_dp_img = B_img z_inv + a_img + noise``, ``z_dp_txt`` likewise or as a perturbed copy, and
    ``image = F(z_inv, z_dp_img, z_pr_img)``, ``text = G(z_inv, z_dp_txt, z_pr_txt)``.

    Everything is a leaf, laws and violations included (a law that is off has zero weights), so
    settings with the same block sizes and mixing depths share one compiled program.

    Attributes:
        factors: for each block, L with ``noise = L e``, e standard normal. For a copied
            ``z_dp_txt`` the noise is the perturbation.
        content: the mechanism of ``z_inv``.
        style_weights: B for ``z_dp_img`` and ``z_dp_txt``, zero unless content causes style.
        style_offsets: a for ``z_dp_img`` and ``z_dp_txt``, zero unless content causes style.
        copies_style: whether ``z_dp_txt`` is a perturbed copy of ``z_dp_img``.
        style_change: probability that a copied coordinate is perturbed.
        written: 1 at content coordinates that the text says, else 0.
        seen: 1 at content coordinates that the image shows, else 0.
        mixing_img: F.
        mixing_txt: G.

    Source: Assumption 1 of the paper [chen2025]; sizes and laws of the reference simulation
    [daunhawer2023].
    """

    factors: dict[str, Float[Array, "_ _"]]
    content: DagMechanism
    style_weights: dict[str, Float[Array, "dp inv"]]
    style_offsets: dict[str, Float[Array, " dp"]]
    copies_style: Bool[Array, ""]
    style_change: Float[Array, ""]
    written: Float[Array, " inv"]
    seen: Float[Array, " inv"]
    mixing_img: Mixing
    mixing_txt: Mixing

    @classmethod
    def create(cls, config: SentenceConfig, key: Key[Array, ""]) -> SentenceSCM:
        """Draw a world.

        Args:
            config: its settings.
            key: random key; each random parameter has its own named child.
        """
        sizes = config.sizes
        content_index = jnp.arange(config.n_inv)

        def style(name: str) -> tuple[Array, Array]:
            child = named_key(key, name)
            shape = (config.n_dp, config.n_inv)
            on = float(config.causal)
            weight = on * jax.random.normal(named_key(child, "weight"), shape)
            return weight, on * jax.random.normal(named_key(child, "offset"), shape[:1])

        styles = {name: style(name) for name in ("z_dp_img", "z_dp_txt")}
        return cls(
            factors={
                name: wishart_factor(named_key(key, f"covariance {name}"), size)
                if config.law == "gaussian"
                else jnp.eye(size)
                for name, size in sizes.items()
            },
            content=DagMechanism.create(
                named_key(key, "content"),
                config.n_inv,
                jnp.asarray(config.edge_probability if config.law == "dag" else 0.0, jnp.float32),
                jnp.asarray(config.strength, jnp.float32),
            ),
            style_weights={name: weight for name, (weight, _) in styles.items()},
            style_offsets={name: offset for name, (_, offset) in styles.items()},
            copies_style=jnp.asarray(config.style == "copy"),
            style_change=jnp.asarray(config.style_change, jnp.float32),
            written=(content_index < config.n_inv - config.unwritten).astype(jnp.float32),
            seen=(content_index < config.n_inv - config.unseen).astype(jnp.float32),
            mixing_img=Mixing.create(
                config.mixing_img,
                sizes["z_inv"] + sizes["z_dp_img"] + sizes["z_pr_img"],
                named_key(key, "mixing image"),
            ),
            mixing_txt=Mixing.create(
                config.mixing_txt,
                sizes["z_inv"] + sizes["z_dp_txt"] + sizes["z_pr_txt"],
                named_key(key, "mixing text"),
            ),
        )

    @property
    def sizes(self) -> dict[str, int]:
        """The size of every latent block by name."""
        return {name: self.factors[name].shape[-1] for name in BLOCKS}

    @property
    def adjacency(self) -> Float[Array, "inv inv"]:
        """1 where content coordinate i is a parent of content coordinate j, else 0."""
        return self.content.adjacency

    def covariance(self, block: str) -> Float[Array, "size size"]:
        """Covariance L L^T of a block's exogenous noise."""
        return self.factors[block] @ self.factors[block].T

    def noise(self, key: Key[Array, ""], n: int) -> dict[str, Float[Array, "n _"]]:
        """Draw the exogenous noise of n pairs.

        Returns:
            The noise of each block by name, and under ``"style change"`` the mask of perturbed
            coordinates of a copied style.
        """
        noise = {
            name: jax.random.normal(named_key(key, name), (n, size)) @ self.factors[name].T
            for name, size in self.sizes.items()
        }
        shape = noise["z_dp_txt"].shape
        draws = jax.random.uniform(named_key(key, "style change"), shape)
        return noise | {"style change": (draws < self.style_change).astype(draws.dtype)}

    def generate(
        self, noise: dict[str, Float[Array, "n _"]], do: Mapping[str, ArrayLike] | None = None
    ) -> Batch:
        """Solve the structural equations for given noise, under an intervention.

        Two calls with the same noise are a counterfactual pair: blocks that do not descend from
        what ``do`` sets are the same, bit for bit.

        Args:
            noise: as `noise` returns it.
            do: ``{"z_inv[2]": 1.5, "z_dp_img": 0.0}``: coordinates or whole blocks and the values
                they are set to; see `Intervention.create`.

        Raises:
            ValueError: if ``do`` does not fit this world.
        """
        intervention = Intervention.create(self.sizes, do, noise["z_inv"].shape[0])
        z_inv = self.content(
            noise["z_inv"], intervention.mask["z_inv"], intervention.value["z_inv"]
        )

        def caused(block: str) -> Float[Array, "n dp"]:
            drive = z_inv @ self.style_weights[block].T
            return drive + self.style_offsets[block][None, :] + noise[block]

        z_dp_img = intervention.apply("z_dp_img", caused("z_dp_img"))
        copied = z_dp_img + noise["style change"] * noise["z_dp_txt"]
        natural = jnp.where(self.copies_style, copied, caused("z_dp_txt"))
        z_dp_txt = intervention.apply("z_dp_txt", natural)
        z_pr_img = intervention.apply("z_pr_img", noise["z_pr_img"])
        z_pr_txt = intervention.apply("z_pr_txt", noise["z_pr_txt"])
        blocks = (z_inv, z_dp_img, z_dp_txt, z_pr_img, z_pr_txt)
        shown = jnp.concatenate([z_inv * self.seen[None, :], z_dp_img, z_pr_img], axis=-1)
        said = jnp.concatenate([z_inv * self.written[None, :], z_dp_txt, z_pr_txt], axis=-1)
        return Batch(
            image=self.mixing_img.forward(shown),
            text=self.mixing_txt.forward(said),
            latents=dict(zip(BLOCKS, blocks, strict=True)),
        )

    def sample(
        self, key: Key[Array, ""], n: int, do: Mapping[str, ArrayLike] | None = None
    ) -> Batch:
        """Draw n independent pairs, under an intervention if ``do`` is given.

        Args:
            key: random key.
            n: number of pairs, static under jit.
            do: see `generate`.
        """
        return self.generate(self.noise(key, n), do)

    def counterfactual(
        self, key: Key[Array, ""], n: int, do: Mapping[str, ArrayLike]
    ) -> tuple[Batch, Batch]:
        """Draw n pairs, and the same n pairs had ``do`` been the case: every noise is kept.

        Args:
            key: random key; the first batch is ``sample(key, n)``.
            n: number of pairs, static under jit.
            do: see `generate`.
        """
        noise = self.noise(key, n)
        return self.generate(noise), self.generate(noise, do)


WORLDS.register("sentence", SentenceConfig)
