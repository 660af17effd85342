"""Images of pixels: objects drawn by signed distance on a lit, textured, noisy background."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, Key

from scm.arguments import require, require_integer, require_number
from scm.draws import normal_blocks
from scm.images.appearance import (
    COLOURS,
    FILLS,
    NO_COLOUR,
    NO_SIZE,
    RADII,
    WHITE,
    Plane,
    Planes,
    Surface,
    antialiased,
)
from scm.images.backdrop import SIZES as PRIVATE_SIZES
from scm.images.backdrop import Backdrop, within_unit
from scm.images.images import IMAGES
from scm.images.signed_distance import SHAPES
from scm.keys import named_key
from scm.language.scene_arrays import SceneArrays
from scm.language.scene_space import RELATIONS
from scm.pytree import pytree_dataclass, static

POSITION_RANGE = 0.1
SCALE_RANGE = 0.05
ROTATION_RANGE = 0.2
"""Largest change at full jitter: of the place, in cells along and across the axis; of the radius,
relative; of the angle, in radians."""

GEOMETRY_SIZE = 4
"""Coordinates of ``z_dp_img`` for each object: along, across, scale, rotation. Where the row
drifts, its shifts along and across follow."""

SLOTS = ("colours", "sizes", "fills")
"""What attribute slots 0, 1 and 2 show."""

SMALLEST_CELL = 8
"""Side in pixels of the cell of an object, below which shapes cannot be told apart."""


@dataclass(frozen=True)
class PixelImagesConfig:
    """Settings of images of pixels. A strength is in [0, 1], from none to the full range.

    Attributes:
        resolution: side in pixels, 16 to 128.
        jitter: strength of ``z_dp_img``: each object's place in its cell, scale and rotation.
        drift: how far the whole row of objects may be moved along the row and across it, in cells,
            at least 0. Cells are smaller by the room that this takes. Where the drift is a cell or
            more, an object's place on the canvas says little of its place in the row.
        background: strength of the background's colour, the first part of ``z_pr_img``.
        lighting: strength of a gradient of brightness, the second.
        texture: strength of a plane wave on the background, the third.
        sensor_noise: strength of noise a pixel, the last.

    Raises:
        ArgumentError: if a setting is outside its range.
    """

    resolution: int = 24
    jitter: float = 1.0
    drift: float = 0.0
    background: float = 1.0
    lighting: float = 1.0
    texture: float = 1.0
    sensor_noise: float = 1.0

    def __post_init__(self) -> None:
        require_integer("resolution", self.resolution, 16)
        require(self.resolution <= 128, "resolution", "at most 128", self.resolution)
        for name in ("jitter", "background", "lighting", "texture", "sensor_noise"):
            require_number(name, getattr(self, name), 0.0, 1.0)
        require_number("drift", self.drift, 0.0)

    def build(
        self,
        key: Key[Array, ""],
        n_nouns: int,
        attribute_sizes: tuple[int, ...],
        n_relations: int,
        max_objects: int,
    ) -> PixelImages:
        """See `ImagesConfig.build`; nouns are shapes, attributes colour, size and fill.

        Raises:
            ArgumentError: if there are more words than pictures show, or more objects than fit in
                one.
        """
        for name, values, shown in (
            ("n_nouns", n_nouns, SHAPES),
            ("n_relations", n_relations, RELATIONS),
            ("attribute_sizes", len(attribute_sizes), SLOTS),
            *zip(SLOTS, attribute_sizes, (COLOURS, RADII, FILLS), strict=False),
        ):
            expected = f"at most {len(shown)} for images of pixels"
            require(values <= len(shown), name, expected, values)
        room = int(self.resolution / SMALLEST_CELL - 2 * self.drift)
        expected = f"at most {max(room, 0)} on a canvas of {self.resolution} pixels"
        expected += f" with a drift of {self.drift:g}" if self.drift else ""
        require(max_objects <= room, "max_objects", expected, max_objects)
        return PixelImages(
            jitter=jnp.asarray(self.jitter, jnp.float32),
            backdrop=Backdrop.create(
                named_key(key, "sensor noise"),
                self.resolution,
                background=self.background,
                lighting=self.lighting,
                texture=self.texture,
                sensor_noise=self.sensor_noise,
            ),
            resolution=self.resolution,
            drift=self.drift,
            shapes=tuple(SHAPES)[:n_nouns],
            fills=attribute_sizes[2] if len(attribute_sizes) > 2 else 0,
            max_objects=max_objects,
        )


@pytree_dataclass
class PixelImages:
    """Square pictures with three channels in [0, 1].

    Objects stand in a row or a column of square cells at the canvas's centre, or moved from it as a
    whole, and no object leaves its cell, so none hides another. All latents are standard normal and
    bounded smoothly: the image is a continuously differentiable function of them.

    Attributes:
        jitter: strength of ``z_dp_img``.
        backdrop: what ``z_pr_img`` changes.
        resolution: side in pixels.
        drift: how far the row may be moved either way, in cells; where it is 0 no latent moves it.
        shapes: the shape of each noun, by name.
        fills: number of fills that occur.
        max_objects: number of cells.
    """

    jitter: Float[Array, ""]
    backdrop: Backdrop
    resolution: int = static()
    drift: float = static()
    shapes: tuple[str, ...] = static()
    fills: int = static()
    max_objects: int = static()

    @property
    def cell(self) -> float:
        """Side of an object's cell in pixels."""
        return self.resolution / (self.max_objects + 2.0 * self.drift)

    @property
    def radius(self) -> float:
        """Radius of the largest object in pixels: with jitter and antialiasing it fills a cell."""
        return (self.cell * (0.5 - POSITION_RANGE) - 0.5) / (1.0 + SCALE_RANGE)

    def latents(self, key: Key[Array, ""], scenes: SceneArrays) -> dict[str, Float[Array, "n _"]]:
        """Draw standard normal ``z_dp_img`` and ``z_pr_img``, independent of the scenes."""
        sizes = {
            "z_dp_img": GEOMETRY_SIZE * self.max_objects + (2 if self.drift else 0),
            "z_pr_img": sum(PRIVATE_SIZES.values()),
        }
        return normal_blocks(key, scenes.relation.shape[0], sizes)

    @jax.jit
    def render(
        self,
        scenes: SceneArrays,
        z_dp_img: Float[Array, "n dp"],
        z_pr_img: Float[Array, "n pr"],
    ) -> Float[Array, "n rows columns 3"]:
        """The images of scenes with these latents, rows from above."""
        return jax.vmap(self._draw)(
            scenes.nouns, scenes.attributes, scenes.relation, z_dp_img, z_pr_img
        )

    def sample(
        self, key: Key[Array, ""], scenes: SceneArrays
    ) -> tuple[Float[Array, "n rows columns 3"], dict[str, Float[Array, "n _"]]]:
        """Draw latents and render: the images, and the latents by name."""
        latents = self.latents(key, scenes)
        return self.render(scenes, **latents), latents

    def _draw(
        self,
        nouns: Int[Array, " objects"],
        attributes: Int[Array, "objects slots"],
        relation: Int[Array, ""],
        z_dp_img: Float[Array, " dp"],
        z_pr_img: Float[Array, " pr"],
    ) -> Float[Array, "rows columns 3"]:
        background, lighting, noise = self.backdrop.draw(z_pr_img)
        style = within_unit(z_dp_img)
        of_objects = style[: GEOMETRY_SIZE * self.max_objects]
        geometry = self.jitter * of_objects.reshape(-1, GEOMETRY_SIZE)
        moved = self.drift * style[of_objects.size :] if self.drift else jnp.zeros(2, style.dtype)
        count = jnp.sum(nouns >= 0).astype(geometry.dtype)
        vertical = relation == RELATIONS["vertical"]

        def with_object(
            picture: Planes, place: tuple[Float[Array, ""], Array, Array, Array]
        ) -> tuple[Planes, None]:
            i, noun, words, own = place
            along = i - 0.5 * (count - 1.0) + moved[0] + POSITION_RANGE * own[0]
            across = moved[1] + POSITION_RANGE * own[1]
            right = jnp.where(vertical, across, along)
            down = jnp.where(vertical, along, across)
            cover, colour = self._object(noun, words, right, down, own[2:])
            return picture + cover[None] * (colour - picture), None

        # A loop keeps the picture as it is painted, in planes along which a CPU vectorises. What is
        # made of it in other shapes would else compute the picture anew, number by number.
        places = jnp.arange(self.max_objects, dtype=geometry.dtype)
        picture, _ = jax.lax.scan(with_object, background, (places, nouns, attributes, geometry))
        return jnp.moveaxis(lighting[None] * picture, 0, -1) + noise

    def _object(
        self,
        noun: Int[Array, ""],
        attributes: Int[Array, " slots"],
        right: Float[Array, ""],
        down: Float[Array, ""],
        geometry: Float[Array, "scale_and_rotation=2"],
    ) -> tuple[Plane, Planes]:
        """How much of each pixel an object covers, and the object's colour there.

        Args:
            noun: its shape; -1 for no object.
            attributes: its colour, size and fill, as far as there are slots.
            right: its centre, in cells to the right of the canvas's centre.
            down: the same, downwards.
            geometry: scale and rotation in (-1, 1).
        """
        dtype = right.dtype
        size = _look_up(attributes, 1, [NO_SIZE, *RADII.values()], dtype, absent=1.0)
        radius = self.radius * size * (1.0 + SCALE_RANGE * geometry[0])
        angle = ROTATION_RANGE * geometry[1]
        side = self.resolution
        pixels = jnp.arange(side, dtype=dtype) - 0.5 * (side - 1)
        u = jnp.broadcast_to((pixels - self.cell * right)[None, :] / radius, (side, side))
        v = jnp.broadcast_to((self.cell * down - pixels)[:, None] / radius, (side, side))
        x = jnp.cos(angle) * u + jnp.sin(angle) * v
        y = jnp.cos(angle) * v - jnp.sin(angle) * u
        distance = _choose(noun, [SHAPES[name](x, y) for name in self.shapes])
        cover = jnp.where(noun >= 0, antialiased(radius * distance), 0.0)
        ink = _look_up(attributes, 0, [NO_COLOUR, *COLOURS.values()], dtype, absent=NO_COLOUR)
        colour = jnp.broadcast_to(ink[:, None, None], (3, side, side))
        if attributes.size > 2:
            surface = Surface(x, y, radius)
            fills = [fill(surface) for fill in list(FILLS.values())[: self.fills]]
            white = _choose(attributes[2] + 1, [jnp.zeros_like(x), *fills])[None]
            colour = colour + white * (jnp.asarray(WHITE, dtype)[:, None, None] - colour)
        return cover, colour


def _choose(index: Int[Array, ""], planes: list[Plane]) -> Plane:
    """The plane of that index; the first where the index is negative."""
    which = jnp.broadcast_to(jnp.maximum(index, 0), planes[0].shape)
    return jax.lax.select_n(which, *planes) if len(planes) > 1 else planes[0]


def _look_up(
    attributes: Int[Array, " slots"], slot: int, table: list, dtype: Any, absent: Any
) -> Float[Array, "*row"]:
    """The row of a table that starts with the unspecified value; ``absent`` without the slot."""
    if attributes.size <= slot:
        return jnp.asarray(absent, dtype)
    return jnp.asarray(table, dtype)[attributes[slot] + 1]


IMAGES.register("pixels", PixelImagesConfig)
