"""Worlds whose pairs carry hard negatives of their captions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int, Key

from scm.arguments import require, require_integer
from scm.batch import Batch
from scm.keys import named_key
from scm.operators.operator import Operator
from scm.operators.orbits import Edges
from scm.operators.result_table import ResultTable
from scm.operators.search import layers
from scm.operators.swap import Swap
from scm.pytree import pytree_dataclass, static
from scm.registry import CONFIGS
from scm.scenes.caption_table import CaptionTable
from scm.scenes.scene_world import scenes_within
from scm.scenes.scenes import SceneConfig
from scm.world import World, WorldConfig

MAX_ENTRIES = 1_000_000
"""Most entries of the table of hard negatives, captions times the most that one of them has."""


@dataclass(frozen=True)
class HardNegativesConfig:
    """Settings of a world that draws hard negatives.

    Attributes:
        world: where the pairs come from: a scene world, or one around it.
        operators: the family that makes hard negatives.
        depth: length of the longest words over the family, at least 1.
        count: M, the hard negatives of each caption, at least 1.

    Raises:
        ArgumentError: if there is no operator, or a number is below 1.
    """

    world: WorldConfig = field(default_factory=SceneConfig)
    operators: tuple[Operator, ...] = (Swap(),)
    depth: int = 1
    count: int = 1

    def __post_init__(self) -> None:
        require(len(self.operators) > 0, "operators", "at least one operator", self.operators)
        require_integer("depth", self.depth, 1)
        require_integer("count", self.count, 1)

    @property
    def inner(self) -> WorldConfig:
        """See `Wrapper`."""
        return self.world

    def build(self, key: Key[Array, ""]) -> HardNegativesSCM:
        """Build the world within, from the same key, and find the hard negatives of all captions.

        Raises:
            ArgumentError: if captions are not those of a scene world, one that is drawn has no
                hard negative, or the table would have more than `MAX_ENTRIES` entries.
        """
        world = self.world.build(key)
        table = scenes_within(world).caption_table()
        found, available = _hard_negatives(table, self.operators, self.depth)
        bare = table.tokens[table.support & (available == 0)]
        expected = "operators that make a hard negative of every caption that is drawn"
        got = [table.grammar.lexicon.decode(tokens) for tokens in bare[:1]]
        require(not got, "operators", expected, f"none for {''.join(got)}")
        return HardNegativesSCM(world, table.tokens, found, available, self.count)


@pytree_dataclass
class HardNegativesSCM:
    """The pairs of another world, each with M hard negatives of its caption.

    Those of a caption y are drawn uniformly among the distinct captions y' with r(y') != r(y)
    that words over the family make of y, each word as long as the depth at most. They are
    distinct where there are M; else all of them come in turn, in random order.

    Tables depend on the grammar, the family and the depth alone, so all laws of scenes share one
    compiled program.

    Attributes:
        world: the world within.
        tokens: all well-formed captions W.
        found: the indices in W of each caption's hard negatives, then zeros.
        available: how many hard negatives each caption has.
        count: M.

    Source: NegCLIP [yuksekgonul2023] draws such captions by rules; THEORY.md, T12 and T13.
    """

    world: World
    tokens: Int[Array | np.ndarray, "captions length"]
    found: Int[Array | np.ndarray, "captions most"]
    available: Int[Array | np.ndarray, " captions"]
    count: int = static()

    @property
    def inner(self) -> World:
        """See `Wrapper`."""
        return self.world

    @partial(jax.jit, static_argnames="n")
    def sample(self, key: Key[Array, ""], n: int) -> Batch:
        """Draw n pairs with their hard negatives, tokens [n, M, length].

        Args:
            key: random key.
            n: number of pairs, static under jit.
        """
        pairs = self.world.sample(named_key(key, "pairs"), n)
        grammar = scenes_within(self.world).grammar
        # Read, for a wrapper may have moved the texts away from their latents.
        caption = grammar.index(grammar.read(pairs.text)[0])
        available = jnp.asarray(self.available)[caption]
        order = _random_order(named_key(key, "negatives"), available, self.count)
        turn = jnp.arange(self.count)[None, :] % available[:, None]
        place = jnp.take_along_axis(order, turn, axis=1)
        chosen = jnp.asarray(self.found)[caption[:, None], place]
        return replace(pairs, negatives=jnp.asarray(self.tokens)[chosen])


def _hard_negatives(
    table: CaptionTable, operators: Sequence[Operator], depth: int
) -> tuple[Int[np.ndarray, "captions most"], Int[np.ndarray, " captions"]]:
    """The indices of the hard negatives of every caption, and how many there are."""
    captions = len(table.rows)
    edges = Edges(*np.concatenate([table.edges(operator) for operator in operators], axis=1))
    step = ResultTable.of(edges, captions).edges_from
    most = np.zeros(captions, int)
    words = [np.empty((2, 0), int)]
    for layer in islice(layers(step, np.arange(captions)), 1, depth + 1):
        words.append(np.stack(layer))
        most += ResultTable.of_hard_negatives(Edges(*layer), table.scene).count
        # In every layer: a world that is too large shows before its search fills the memory.
        entries = captions * int(most.max())
        expected = f"hard negatives that fit in a table of {MAX_ENTRIES:,} entries"
        require(entries <= MAX_ENTRIES, "depth", expected, f"{entries:,} at depth {len(words) - 1}")
    found = ResultTable.of_hard_negatives(Edges(*np.concatenate(words, axis=1)), table.scene)
    return found.padded(), found.count.astype(np.int32)


def _random_order(
    key: Key[Array, ""], sizes: Int[Array, " n"], count: int
) -> Int[Array, "n count"]:
    """In each row, what comes first in a uniformly random order of 0, 1, ... up to its size.

    Where ``count`` is above the size, what follows is no part of the order. The numbers drawn are
    the order's Lehmer code: among those not taken yet, how many are smaller.
    """
    left = jnp.maximum(sizes[:, None] - jnp.arange(count)[None, :], 1)
    code = jax.random.randint(key, left.shape, 0, left)
    order = code
    for i in reversed(range(count - 1)):
        later = order[:, i + 1 :]
        not_smaller = (later >= code[:, i, None]).astype(later.dtype)
        order = order.at[:, i + 1 :].set(later + not_smaller)
    return order


CONFIGS.register("hard_negatives", HardNegativesConfig)
