"""What every world is, and the list of worlds."""

from __future__ import annotations

from typing import Protocol, TypeVar, runtime_checkable

from jaxtyping import Array, Key

from scm.batch import Batch
from scm.registry import ConfigRegistry


@runtime_checkable
class World(Protocol):
    """A structural causal model that draws pairs of an image and a text.

    A world is a pytree of arrays: numeric settings are leaves, so worlds of one shape share one
    compiled program, and a stack of worlds can be vmapped over.
    """

    def sample(self, key: Key[Array, ""], n: int) -> Batch:
        """Draw n independent pairs; pure and jittable, with ``n`` static."""
        ...


@runtime_checkable
class WorldConfig(Protocol):
    """A frozen dataclass of a world's settings, checked on creation."""

    def build(self, key: Key[Array, ""]) -> World:
        """Draw the world's own parameters (graphs, covariances, mixings) from ``key``."""
        ...


W = TypeVar("W")


def innermost(world: W) -> W:
    """The world that all wrappers around it draw from; a world that wraps none is its own.

    Args:
        world: any world, or config of one; what wraps another holds it as its attribute ``world``.
    """
    while (within := getattr(world, "world", None)) is not None:
        world = within
    return world


WORLDS: ConfigRegistry[type[WorldConfig]] = ConfigRegistry("world", "token_scm.worlds")
"""World configs by name."""
