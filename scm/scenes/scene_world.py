"""What every world of finite scenes is, and how one is found within others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from jaxtyping import Array, Bool, Int, Key

from scm.arguments import ArgumentError
from scm.array_module import AnyArray
from scm.images.images import Images
from scm.language.grammar import Grammar
from scm.operators.operator import Operator
from scm.scenes.caption_table import CaptionTable
from scm.scenes.coverage import Coverage
from scm.world import World, WorldConfig, innermost


@runtime_checkable
class SceneWorld(World, Protocol):
    """A world of finitely many scenes, whose texts are captions of a grammar.

    Its batches have the index of each pair's scene as ``latents["scene"]``, in one column.
    """

    @property
    def grammar(self) -> Grammar:
        """Scenes and words."""
        ...

    @property
    def images(self) -> Images:
        """The image side."""
        ...

    def caption_table(self) -> CaptionTable:
        """All well-formed captions with their scenes and exact probabilities."""
        ...

    def read(
        self, tokens: Int[AnyArray, "n length"]
    ) -> tuple[Int[AnyArray, " n"], Bool[AnyArray, " n"]]:
        """The scene that each caption says, and whether it is ever drawn."""
        ...

    def realised_coverage(self, operator: Operator) -> float:
        """Of an operator's orbits that are ever drawn, the fraction whose scenes all are."""
        ...


@runtime_checkable
class SceneWorldConfig(WorldConfig, Protocol):
    """The config of a world of finitely many scenes."""

    @property
    def grammar(self) -> Grammar:
        """Scenes and words."""
        ...

    @property
    def coverage(self) -> Sequence[Coverage]:
        """The law of scenes by the orbits that it covers; empty where it is another."""
        ...

    def caption_table(self, key: Key[Array, ""]) -> CaptionTable:
        """The exact tables of the world that is built from the key."""
        ...

    def build(self, key: Key[Array, ""]) -> SceneWorld:
        """See `WorldConfig`."""
        ...


def scenes_within(world: World) -> SceneWorld:
    """The world of scenes that a world is, or is around.

    Raises:
        ArgumentError: if there is none.
    """
    within = innermost(world)
    if isinstance(within, SceneWorld):
        return within
    raise _no_scenes(within)


def scene_config_within(config: WorldConfig) -> SceneWorldConfig:
    """The config of the world of scenes that a config is of, or of one around it.

    Raises:
        ArgumentError: if there is none.
    """
    within = innermost(config)
    if isinstance(within, SceneWorldConfig):
        return within
    raise _no_scenes(within)


def _no_scenes(within: World | WorldConfig) -> ArgumentError:
    got = type(within).__name__
    return ArgumentError(f"world: expected a scene world or one around it, got {got!r}")
