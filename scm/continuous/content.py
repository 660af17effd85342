"""What worlds with vector images share: content, and the image with its style and private part."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, TypeVar, get_args

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.linalg import solve_triangular
from jaxtyping import Array, ArrayLike, Float, Key, Shaped

from scm.arguments import require, require_bool, require_choice, require_integer, require_number
from scm.batch import Batch
from scm.capabilities import Side
from scm.continuous.interventions import Intervention
from scm.continuous.mechanisms import DagMechanism, wishart_factor
from scm.draws import gaussian_blocks
from scm.keys import named_key
from scm.mixing import Mixing, MixingConfig
from scm.pytree import pytree_dataclass

ContentLaw = Literal["independent", "gaussian", "dag"]
S = TypeVar("S", bound="ContentSCM")

IMAGE_BLOCKS = ("z_inv", "z_dp_img", "z_pr_img")
"""The blocks that make an image, in the order in which F takes them."""


@dataclass(frozen=True)
class ContentConfig:
    """Settings of content and image.

    Attributes:
        n_inv: size of ``z_inv``, the content that image and text share; at least 1.
        n_dp: size of ``z_dp_img``, the image's style, and of the text's style where it has one.
        n_pr_img: size of ``z_pr_img``, what is private to the image.
        law: how coordinates depend on each other. ``independent``: standard normal.
            ``gaussian``: each block has a random covariance of its own. ``dag``: content follows
            nonlinear additive-noise mechanisms on a random DAG, the other blocks are standard
            normal.
        edge_probability: of each edge of the DAG, in [0, 1].
        strength: scale of the DAG's mechanisms against their unit noise, at least 0.
        causal: whether content causes style, ``z_dp = B z_inv + a + noise``, with B and a of its
            own for each modality.
        unwritten: how many content coordinates, counted from the last, the text does not say;
            above 0 a violation of recoverability.
        unseen: how many content coordinates, counted from the last, the image does not show;
            above 0 F loses a part of ``z_inv``, a violation of injectivity.
        mixing_img: the image's mixing F.

    Raises:
        ArgumentError: if a setting is outside its range.
    """

    n_inv: int = 5
    n_dp: int = 5
    n_pr_img: int = 5
    law: ContentLaw = "independent"
    edge_probability: float = 0.5
    strength: float = 1.0
    causal: bool = False
    unwritten: int = 0
    unseen: int = 0
    mixing_img: MixingConfig = field(default_factory=MixingConfig)

    def __post_init__(self) -> None:
        require_integer("n_inv", self.n_inv, 1)
        for name in ("n_dp", "n_pr_img", "unwritten", "unseen"):
            require_integer(name, getattr(self, name), 0)
        for name in ("unwritten", "unseen"):
            value = getattr(self, name)
            require(value <= self.n_inv, name, f"at most n_inv = {self.n_inv}", value)
        require_choice("law", self.law, get_args(ContentLaw))
        require_number("edge_probability", self.edge_probability, 0.0, 1.0)
        require_number("strength", self.strength, 0.0)
        require_bool("causal", self.causal)

    @property
    def sizes(self) -> dict[str, int]:
        """The size of every latent block by name."""
        return {"z_inv": self.n_inv, "z_dp_img": self.n_dp, "z_pr_img": self.n_pr_img}

    @property
    def sides(self) -> dict[str, Side]:
        """See `StatesSides`."""
        return {"z_inv": "shared", "z_dp_img": "image", "z_pr_img": "image"}

    @property
    def lost_content(self) -> int:
        """See `StatesLostContent`."""
        return max(self.unwritten, self.unseen)

    @property
    def has_one_content_law(self) -> bool:
        """See `StatesContentLaw`: covariances and graphs are drawn from the key."""
        return self.law == "independent"


@pytree_dataclass
class ContentSCM(ABC):
    """A structural causal model up to its text, which subclasses add.

    ``z_inv`` follows `DagMechanism` over its noise (without edges it is its noise),
    ``z_dp_img = B z_inv + a + noise``, and ``image = F(z_inv, z_dp_img, z_pr_img)``.

    Everything is a leaf, laws and violations included (a law that is off has zero weights), so
    settings with the same block sizes and mixing depths share one compiled program.

    Attributes:
        factors: for each block, L with ``noise = L e``, e standard normal.
        content: the mechanism of ``z_inv``.
        style_weights: B for each block of style, zero unless content causes style.
        style_offsets: a for each block of style, zero unless content causes style.
        written: 1 at content coordinates that the text says, else 0.
        seen: 1 at content coordinates that the image shows, else 0.
        mixing_img: F.

    Source: Assumption 1 of the paper [chen2025]; sizes and laws of the reference simulation
    [daunhawer2023].
    """

    blocks: ClassVar[tuple[str, ...]]
    """Names of the latent blocks that are Gaussian noise, or caused by content plus such noise."""

    styles: ClassVar[tuple[str, ...]] = ("z_dp_img",)
    """Names of those that content may cause."""

    factors: dict[str, Float[Array, "_ _"]]
    content: DagMechanism
    style_weights: dict[str, Float[Array, "dp inv"]]
    style_offsets: dict[str, Float[Array, " dp"]]
    written: Float[Array, " inv"]
    seen: Float[Array, " inv"]
    mixing_img: Mixing

    @classmethod
    def draw(cls: type[S], config: ContentConfig, key: Key[Array, ""], **text: Any) -> S:
        """Draw what content and image need.

        Args:
            config: the settings.
            key: random key; each random parameter has its own named child.
            text: the fields that the subclass adds.
        """
        sizes = config.sizes
        gaussian, dag = config.law == "gaussian", config.law == "dag"
        content_index = jnp.arange(config.n_inv)
        weights, offsets = {}, {}
        for name in cls.styles:
            child = named_key(key, name)
            shape = (config.n_dp, config.n_inv)
            on = float(config.causal)
            weights[name] = on * jax.random.normal(named_key(child, "weight"), shape)
            offsets[name] = on * jax.random.normal(named_key(child, "offset"), shape[:1])
        return cls(
            factors={
                name: wishart_factor(named_key(key, f"covariance {name}"), sizes[name])
                if gaussian
                else jnp.eye(sizes[name])
                for name in cls.blocks
            },
            content=DagMechanism.create(
                named_key(key, "content"),
                config.n_inv,
                jnp.asarray(config.edge_probability if dag else 0.0, float),
                jnp.asarray(config.strength, float),
            ),
            style_weights=weights,
            style_offsets=offsets,
            written=(content_index < config.n_inv - config.unwritten).astype(float),
            seen=(content_index < config.n_inv - config.unseen).astype(float),
            mixing_img=Mixing.create(
                config.mixing_img,
                sizes["z_inv"] + sizes["z_dp_img"] + sizes["z_pr_img"],
                named_key(key, "mixing image"),
            ),
            **text,
        )

    @property
    def sizes(self) -> dict[str, int]:
        """The size of every latent block by name."""
        return {name: self.factors[name].shape[-1] for name in self.blocks}

    @property
    def adjacency(self) -> Float[Array, "inv inv"]:
        """1 where content coordinate i is a parent of content coordinate j, else 0."""
        return self.content.adjacency

    def covariance(self, block: str) -> Float[Array, "size size"]:
        """Covariance L L^T of a block's exogenous noise."""
        return self.factors[block] @ self.factors[block].T

    def noise(self, key: Key[Array, ""], n: int) -> dict[str, Float[Array, "n _"]]:
        """Draw the exogenous noise of n pairs: that of each block by name, and the text's own.

        Args:
            key: random key; each block draws from a named child.
            n: number of pairs.
        """
        return gaussian_blocks(key, n, self.factors)

    @abstractmethod
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
            ArgumentError: if ``do`` does not fit this world.
        """

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

    @abstractmethod
    def read(self, text: Shaped[Array, "n ..."]) -> Float[Array, "n inv"]:
        """The reading map r: the ``z_inv`` that a text says, 0 where it says nothing."""

    @abstractmethod
    def text_style(self, text: Shaped[Array, "n ..."]) -> Float[Array, "n _"]:
        """What a text holds that content does not cause: standard normal, read off the text."""

    def image_blocks(self, image: Float[Array, "n x"]) -> dict[str, Float[Array, "n _"]]:
        """The blocks that make an image, by name: F inverted; content that is not seen is 0."""
        ends = np.cumsum([self.sizes[name] for name in IMAGE_BLOCKS[:-1]])
        parts = jnp.split(self.mixing_img.inverse(image), ends, axis=-1)
        return dict(zip(IMAGE_BLOCKS, parts, strict=True))

    def standard_style(
        self, block: str, blocks: Mapping[str, Float[Array, "n _"]]
    ) -> Float[Array, "n dp"]:
        """The standard normal behind a block of style: without what content causes, and whitened.

        Args:
            block: a block of style.
            blocks: that one, and ``z_inv``.
        """
        noise = blocks[block] - blocks["z_inv"] @ self.style_weights[block].T
        noise = noise - self.style_offsets[block][None, :]
        return solve_triangular(self.factors[block], noise.T, lower=True).T

    def _latents(
        self, noise: dict[str, Float[Array, "n _"]], intervention: Intervention
    ) -> dict[str, Float[Array, "n _"]]:
        """Content and the image's blocks under an intervention."""
        z_inv = self.content(
            noise["z_inv"], intervention.mask["z_inv"], intervention.value["z_inv"]
        )
        return {
            "z_inv": z_inv,
            "z_dp_img": intervention.apply("z_dp_img", self._caused("z_dp_img", z_inv, noise)),
            "z_pr_img": intervention.apply("z_pr_img", noise["z_pr_img"]),
        }

    def _caused(
        self, block: str, z_inv: Float[Array, "n inv"], noise: dict[str, Float[Array, "n _"]]
    ) -> Float[Array, "n dp"]:
        """A block of style given content."""
        drive = z_inv @ self.style_weights[block].T
        return drive + self.style_offsets[block][None, :] + noise[block]

    def _image(self, latents: dict[str, Float[Array, "n _"]]) -> Float[Array, "n x"]:
        """F of content as far as it is seen, style and private block."""
        shown = latents["z_inv"] * self.seen[None, :]
        return self.mixing_img.forward(
            jnp.concatenate([shown, latents["z_dp_img"], latents["z_pr_img"]], axis=-1)
        )
