"""What every world is, what a world around another is, and the list of worlds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, TypeVar, overload, runtime_checkable

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
        """Draw n independent pairs; pure and jittable, with ``n`` static.

        Args:
            key: random key.
            n: number of pairs.
        """
        ...


@runtime_checkable
class WorldConfig(Protocol):
    """A frozen dataclass of a world's settings, checked on creation."""

    def build(self, key: Key[Array, ""]) -> World:
        """Draw the world's own parameters (graphs, covariances, mixings) from ``key``."""
        ...


W = TypeVar("W")
W_co = TypeVar("W_co", covariant=True)


@runtime_checkable
class Wrapper(Protocol[W_co]):
    """A world that draws from another, or the config of one: it says so by ``inner``.

    Whatever is asked of the world that pairs come from, its scenes or its blocks for example, is
    asked of the innermost one.
    """

    @property
    def inner(self) -> W_co:
        """The world, or config, that this one is around."""
        ...


def nested(world: W) -> Iterator[W]:
    """A world, or config, and then each that the one before it is around, to the innermost."""
    yield world
    if isinstance(world, Wrapper):
        yield from nested(world.inner)


@overload
def innermost(world: World) -> World: ...
@overload
def innermost(world: WorldConfig) -> WorldConfig: ...
def innermost(world: World | WorldConfig) -> World | WorldConfig:
    """The world that all wrappers around it draw from; a world that wraps none is its own.

    Args:
        world: any world, or config of one.
    """
    (*_, last) = nested(world)
    return last


WORLDS: ConfigRegistry[type[WorldConfig]] = ConfigRegistry("world", "token_scm.worlds")
"""World configs by name."""
