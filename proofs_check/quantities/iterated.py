"""Iterated operators: what words of any length over a family make of captions."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from jaxtyping import Int

from proofs_check.finite.finite_world import FiniteWorld
from scm.arguments import require_integer
from scm.operators.orbits import Edges
from scm.operators.result_table import ResultTable
from scm.operators.search import layers


class Reached(NamedTuple):
    """Captions that words over a family reach from captions.

    Attributes:
        start: the place, among the captions begun from, of y.
        caption: the index of each y' other than y that a word makes of y.
        depth: the length of the shortest such word.
    """

    start: Int[np.ndarray, " reached"]
    caption: Int[np.ndarray, " reached"]
    depth: Int[np.ndarray, " reached"]


def reached(world: FiniteWorld, captions: Int[np.ndarray, " n"]) -> Reached:
    """All that words of any length make of captions, each by a shortest word.

    A breadth-first search from all of them at once, along edges as they point.

    Args:
        world: the world and its family.
        captions: the captions y to begin from.
    """
    step = ResultTable.of(world.family, world.captions).edges_from
    found = list(layers(step, captions))
    depth = np.repeat(np.arange(len(found)), [len(layer.caption) for layer in found])
    start, caption = np.concatenate(found, axis=1)
    other = depth > 0
    return Reached(start[other], caption[other], depth[other])


def hard_negative_counts(
    world: FiniteWorld, captions: Int[np.ndarray, " n"], depth: int
) -> Int[np.ndarray, "n depth"]:
    """How many distinct hard negatives words of length at most 1, 2, ... ``depth`` make.

    Args:
        world: the world and its family.
        captions: the captions y that they are made of.
        depth: length of the longest words, at least 1.

    Raises:
        ArgumentError: if ``depth`` is below 1.

    Source: THEORY.md, T12; ours, not the paper's.
    """
    require_integer("depth", depth, 1)
    start, caption, at = reached(world, captions)
    hard = (world.said[caption] != world.said[captions[start]]) & (at <= depth)
    new = np.bincount(start[hard] * depth + at[hard] - 1, minlength=len(captions) * depth)
    return np.cumsum(new.reshape(-1, depth), axis=1)


def iterated(world: FiniteWorld, depth: int) -> FiniteWorld:
    """The world whose one operator is any word of length 1 to ``depth``.

    Args:
        world: the world and its family.
        depth: length of the longest words, at least 1.

    Raises:
        ArgumentError: if ``depth`` is below 1.
    """
    require_integer("depth", depth, 1)
    start, caption, at = reached(world, np.arange(world.captions))
    within = at <= depth
    return replace(world, operators={f"WORDS {depth}": Edges(start[within], caption[within])})


def undoable(world: FiniteWorld) -> FiniteWorld:
    """The world whose family also has, for each operator, the one that undoes it."""
    undo = {f"UNDO {name}": Edges(target, source) for name, (source, target) in world.edges}
    return replace(world, operators={**world.operators, **undo})
