"""What draws images of scenes, and the list of its kinds."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from jaxtyping import Array, Float, Key

from scm.language.scene_arrays import SceneArrays
from scm.registry import ConfigRegistry


@runtime_checkable
class Images(Protocol):
    """The image side of a world of scenes, ``x = F(scene, z_dp_img, z_pr_img)``.

    A pytree of arrays, pure and jittable. Scenes come in one batch axis of n.
    """

    def latents(self, key: Key[Array, ""], scenes: SceneArrays) -> dict[str, Float[Array, "n _"]]:
        """Draw ``z_dp_img`` given the scenes, and ``z_pr_img``.

        The same key and other scenes are the counterfactual: every noise is kept.

        Args:
            key: random key.
            scenes: n scenes.
        """
        ...

    def render(
        self,
        scenes: SceneArrays,
        z_dp_img: Float[Array, "n dp"],
        z_pr_img: Float[Array, "n pr"],
    ) -> Float[Array, " n *image"]:
        """F: the images of scenes with these latents.

        Args:
            scenes: n scenes.
            z_dp_img: as `latents` draws it.
            z_pr_img: as `latents` draws it.
        """
        ...

    def sample(
        self, key: Key[Array, ""], scenes: SceneArrays
    ) -> tuple[Float[Array, " n *image"], dict[str, Float[Array, "n _"]]]:
        """Draw latents and render: the images, and the latents by name.

        Args:
            key: random key.
            scenes: n scenes.
        """
        ...


@runtime_checkable
class ImagesConfig(Protocol):
    """A frozen dataclass of settings, checked on creation."""

    def build(
        self,
        key: Key[Array, ""],
        n_nouns: int,
        attribute_sizes: tuple[int, ...],
        n_relations: int,
        max_objects: int,
    ) -> Images:
        """Draw the parameters of F for a vocabulary.

        Args:
            key: random key.
            n_nouns: number of nouns.
            attribute_sizes: number of values of each attribute slot.
            n_relations: number of relations.
            max_objects: number of objects of the largest scene.

        Raises:
            ArgumentError: if F cannot show so many things apart.
        """
        ...


IMAGES: ConfigRegistry[type[ImagesConfig]] = ConfigRegistry("images", "token_scm.images")
"""Configs of images by name."""
