"""Hard negatives of captions as a table, and batches of pairs that carry them."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int

from proofs_check.finite.finite_world import FiniteWorld
from scm.arguments import require, require_integer
from scm.operators.orbits import Edges
from scm.operators.result_table import ResultTable

Negatives = Int[np.ndarray, "captions M"]
"""The M hard negatives of each caption; a caption that is never drawn may have any."""

Batches = Int[np.ndarray, "batches K"]
"""Batches of K pairs each, by index."""

MAX_BATCHES = 1_000_000
"""Most batches that are enumerated."""


def negatives_of(world: FiniteWorld, edges: Edges, M: int | None = None) -> Negatives:
    """M hard negatives of each caption that an operator makes, all of them in turn.

    Where there are fewer they are there again, and a caption that is never drawn and has none
    stands for itself.

    Args:
        world: the world.
        edges: of the operator.
        M: how many, at least 1; None for as many as the caption that has most.

    Raises:
        ArgumentError: if M is below 1, or a caption that is drawn has no hard negative.
    """
    found = ResultTable.of_hard_negatives(edges, world.said)
    bare = int(np.sum(world.support & (found.count == 0)))
    expected = "an operator that makes a hard negative of every caption that is drawn"
    require(bare == 0, "edges", expected, f"none for {bare} of them")
    width = int(found.count.max()) if M is None else M
    require_integer("M", width, 1)
    return found.in_turn(width)


def hard_edges(world: FiniteWorld) -> Edges:
    """The edges from each caption to its distinct hard negatives under the whole family.

    Args:
        world: the world.
    """
    found = ResultTable.of_hard_negatives(world.family, world.said)
    return Edges(*found.edges_from(np.arange(world.captions)))


def shared_negatives(world: FiniteWorld, M: int) -> Float[np.ndarray, " captions"]:
    """How many hard negatives y' a pair brings on average, M nu(y'), for each caption y' of W.

    The M of a caption are drawn uniformly from the distinct ones that the family makes of it; a
    caption that has none brings none.

    Args:
        world: the world.
        M: hard negatives of each caption, at least 0.

    Raises:
        ArgumentError: if M is below 0.
    """
    require_integer("M", M, 0)
    source, target = hard_edges(world)
    drawn = np.bincount(world.caption, world.probability, world.captions)
    brought = np.zeros(world.captions)
    np.add.at(brought, target, M * drawn[source] / np.bincount(source)[source])
    return brought


def all_batches(
    probability: Float[np.ndarray, " pairs"], K: int
) -> tuple[Batches, Float[np.ndarray, " batches"]]:
    """All batches of K independent pairs, and the probability of each.

    Args:
        probability: of each pair.
        K: pairs in a batch, at least 1.

    Raises:
        ArgumentError: if K is below 1, or there are more than `MAX_BATCHES` batches.
    """
    require_integer("K", K, 1)
    count = len(probability) ** K
    require(count <= MAX_BATCHES, "K", f"at most {MAX_BATCHES:,} batches to enumerate", count)
    batches = np.indices((len(probability),) * K).reshape(K, -1).T
    return batches, np.prod(probability[batches], axis=1)


def drawn_batches(
    probability: Float[np.ndarray, " pairs"], K: int, *, batches: int, seed: int
) -> Batches:
    """Independent batches of K independent pairs.

    Args:
        probability: of each pair.
        K: pairs in a batch, at least 1.
        batches: how many.
        seed: of the draws.

    Raises:
        ArgumentError: if K is below 1.
    """
    require_integer("K", K, 1)
    rng = np.random.default_rng(seed)
    return rng.choice(len(probability), (batches, K), p=probability / probability.sum())
