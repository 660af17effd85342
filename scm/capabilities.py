"""What a world, or its config, may state of its latent blocks.

Who asks takes a function of this module, which asks the innermost of nested worlds. Nothing is
guessed of a world that does not state it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Protocol, runtime_checkable

from jaxtyping import Array, Float, Key

from scm.arguments import ArgumentError
from scm.batch import Batch
from scm.world import World, WorldConfig, innermost

Side = Literal["shared", "image", "text"]
"""Where a latent block belongs: content, which image and text share, or what one of them adds."""


@runtime_checkable
class StatesSides(WorldConfig, Protocol):
    """The config of a world that states its latent blocks."""

    @property
    def sides(self) -> Mapping[str, Side]:
        """The side of every latent block of a batch, by name."""
        ...


@runtime_checkable
class StatesLostContent(WorldConfig, Protocol):
    """The config of a world in which image or text may lose coordinates of content."""

    @property
    def lost_content(self) -> int:
        """How many coordinates of ``z_inv``, counted from the last, one side may not hold."""
        ...


@runtime_checkable
class GenerativeWorld(World, Protocol):
    """A world that makes pairs from noise that is drawn apart, that of content as ``z_inv``."""

    def noise(self, key: Key[Array, ""], n: int) -> dict[str, Float[Array, "n _"]]:
        """Draw all exogenous noise of n pairs, by name."""
        ...

    def generate(self, noise: dict[str, Float[Array, "n _"]]) -> Batch:
        """The pairs that a noise makes."""
        ...


@runtime_checkable
class StatesContentLaw(WorldConfig, Protocol):
    """The config of a `GenerativeWorld` that states whether keys agree on the law of content."""

    @property
    def has_one_content_law(self) -> bool:
        """Whether ``z_inv`` has one and the same law in the worlds that all keys build."""
        ...


def block_sides(config: WorldConfig) -> Mapping[str, Side]:
    """The side of every latent block by name; empty where a world does not state its blocks."""
    within = innermost(config)
    return within.sides if isinstance(within, StatesSides) else {}


def require_block_sides(config: WorldConfig) -> Mapping[str, Side]:
    """The side of every latent block by name.

    Raises:
        ArgumentError: if the world does not state its blocks.
    """
    within = innermost(config)
    if isinstance(within, StatesSides):
        return within.sides
    raise _lacking("a world that states the sides of its blocks", within)


def lost_content(config: WorldConfig) -> int:
    """How many coordinates of content, counted from the last, a side loses; 0 if none is stated."""
    within = innermost(config)
    return within.lost_content if isinstance(within, StatesLostContent) else 0


def has_one_content_law(config: WorldConfig) -> bool:
    """Whether a world states that content has one law, whatever key it is built from."""
    within = innermost(config)
    return isinstance(within, StatesContentLaw) and within.has_one_content_law


def generative_world(world: World) -> GenerativeWorld:
    """The world that makes pairs from noise which a world is, or is around.

    Raises:
        ArgumentError: if there is none.
    """
    within = innermost(world)
    if isinstance(within, GenerativeWorld):
        return within
    raise _lacking("a world that makes pairs from noise", within)


def _lacking(expected: str, within: World | WorldConfig) -> ArgumentError:
    return ArgumentError(f"world: expected {expected}, got {type(within).__name__!r}")
