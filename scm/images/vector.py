"""Images that are vectors: a scene's code, style and private noise, mixed invertibly."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, Key

from scm.arguments import require_bool, require_integer, require_number
from scm.draws import normal_blocks
from scm.images.images import IMAGES
from scm.keys import named_key
from scm.language.scene_arrays import SceneArrays
from scm.mixing import Mixing, MixingConfig
from scm.pytree import pytree_dataclass, static


@dataclass(frozen=True)
class VectorImagesConfig:
    """Settings of images that are vectors.

    Attributes:
        code_size: size of a scene's code, at least 1. The code is injective by construction where
            each word has an axis of its own at each place (as many as rows of
            `VectorImages.codes`), and for almost every key otherwise.
        salience: sigma, at least 0, how strongly the code shows *where* a word stands beside
            *which* words there are. At 1 a word has another code at each place; at 0 it has one
            code wherever it stands, so that the image no longer tells the scene, and every
            statement that assumes so is violated.
        n_dp: size of ``z_dp_img``.
        n_pr: size of ``z_pr_img``.
        causal: whether the scene causes style, ``z_dp_img = B code + noise``.
        mixing: F.

    Raises:
        ArgumentError: if a setting is outside its range.
    """

    code_size: int = 16
    salience: float = 1.0
    n_dp: int = 4
    n_pr: int = 4
    causal: bool = False
    mixing: MixingConfig = field(default_factory=MixingConfig)

    def __post_init__(self) -> None:
        require_integer("code_size", self.code_size, 1)
        require_number("salience", self.salience, 0.0)
        require_integer("n_dp", self.n_dp, 0)
        require_integer("n_pr", self.n_pr, 0)
        require_bool("causal", self.causal)

    def build(
        self,
        key: Key[Array, ""],
        n_nouns: int,
        attribute_sizes: tuple[int, ...],
        n_relations: int,
        max_objects: int,
    ) -> VectorImages:
        """See `ImagesConfig.build`; any vocabulary can be shown."""
        words = max_objects * (n_nouns + sum(attribute_sizes)) + n_relations
        codes = _codes(named_key(key, "codes"), words, self.code_size)
        drive = jax.random.normal(named_key(key, "style"), (self.code_size, self.n_dp))
        size = self.code_size + self.n_dp + self.n_pr
        sizes = (n_nouns, *attribute_sizes)
        return VectorImages(
            codes=codes + (self.salience - 1.0) * _of_places(codes, sizes, max_objects),
            style=float(self.causal) * drive / self.code_size**0.5,
            mixing=Mixing.create(self.mixing, size, named_key(key, "mixing")),
            n_pr=self.n_pr,
            n_nouns=n_nouns,
            attribute_sizes=attribute_sizes,
        )


@pytree_dataclass
class VectorImages:
    """``x = F(code(scene), z_dp_img, z_pr_img)``, F a diffeomorphism of R^n.

    A scene's code is the sum of the codes of its words, each at its place. At salience 1 those are
    of length ``sqrt(code_size)`` and orthogonal where they fit, so that scenes are at least
    ``sqrt(code_size)`` apart, else spread evenly. At salience sigma the code of word w at place p
    is the mean over places c_w plus sigma (c_wp - c_w): scenes with the same words are nearer to
    each other by the factor sigma.

    Attributes:
        codes: a row for each noun at each place, then for each value of each attribute slot at each
            place, then for each relation.
        style: B, the effect of the code on ``z_dp_img``; zero unless the scene causes style.
        mixing: F.
        n_pr: size of ``z_pr_img``.
        n_nouns: number of nouns.
        attribute_sizes: number of values of each attribute slot.
    """

    codes: Float[Array, "words code"]
    style: Float[Array, "code dp"]
    mixing: Mixing
    n_pr: int = static()
    n_nouns: int = static()
    attribute_sizes: tuple[int, ...] = static()

    def code(self, scenes: SceneArrays) -> Float[Array, "n code"]:
        """The codes of scenes."""

        def one_hot(values: Int[Array, " n *places"], size: int) -> Float[Array, "n _"]:
            return jax.nn.one_hot(values, size, dtype=self.codes.dtype).reshape(len(values), -1)

        sizes = (self.n_nouns, *self.attribute_sizes)
        words = jnp.concatenate([scenes.nouns[:, :, None], scenes.attributes], axis=2)
        objects = [one_hot(words[:, :, slot], size) for slot, size in enumerate(sizes)]
        n_objects = sum(part.shape[1] for part in objects)
        relation = one_hot(scenes.relation, len(self.codes) - n_objects)
        return jnp.concatenate([*objects, relation], axis=1) @ self.codes

    def latents(self, key: Key[Array, ""], scenes: SceneArrays) -> dict[str, Float[Array, "n _"]]:
        """Draw ``z_dp_img = B code + noise`` and ``z_pr_img``, all noises standard normal."""
        sizes = {"z_dp_img": self.style.shape[1], "z_pr_img": self.n_pr}
        noise = normal_blocks(key, scenes.relation.shape[0], sizes)
        return noise | {"z_dp_img": self.code(scenes) @ self.style + noise["z_dp_img"]}

    @jax.jit
    def render(
        self, scenes: SceneArrays, z_dp_img: Float[Array, "n dp"], z_pr_img: Float[Array, "n pr"]
    ) -> Float[Array, "n size"]:
        """The images of scenes with these latents."""
        return self.mixing.forward(jnp.concatenate([self.code(scenes), z_dp_img, z_pr_img], axis=1))

    def sample(
        self, key: Key[Array, ""], scenes: SceneArrays
    ) -> tuple[Float[Array, "n size"], dict[str, Float[Array, "n _"]]]:
        """Draw latents and render: the images, and the latents by name."""
        latents = self.latents(key, scenes)
        return self.render(scenes, **latents), latents


@partial(jax.jit, static_argnames=("words", "size"))
def _codes(key: Key[Array, ""], words: int, size: int) -> Float[Array, "words code"]:
    """Rows of a random rotation, of length ``sqrt(size)`` once cut to their size."""
    square = (max(words, size),) * 2
    codes = jnp.linalg.qr(jax.random.normal(key, square))[0][:words, :size]
    return codes / jnp.linalg.norm(codes, axis=-1, keepdims=True) * size**0.5


@partial(jax.jit, static_argnames=("sizes", "places"))
def _of_places(
    codes: Float[Array, "words code"], sizes: tuple[int, ...], places: int
) -> Float[Array, "words code"]:
    """What each word's code at a place has beyond the mean of its codes over places.

    Args:
        codes: as in `VectorImages`.
        sizes: numbers of nouns and of values of each attribute slot.
        places: number of places.
    """
    beyond = jnp.zeros_like(codes)
    start = 0
    for size in sizes:
        rows = slice(start, start + places * size)
        by_place = codes[rows].reshape(places, size, -1)
        mean = jnp.mean(by_place, axis=0, keepdims=True)
        beyond = beyond.at[rows].set((by_place - mean).reshape(places * size, -1))
        start = rows.stop
    return beyond


IMAGES.register("vectors", VectorImagesConfig)
