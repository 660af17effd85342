"""Orbits: components of the graph on captions, or scenes, that operators draw."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Int

from scm.language.grammar import Grammar
from scm.operators.operator import Operator, apply_to_scenes

_ROWS_AT_ONCE = 4096
"""Rows that an operator sees at once on the host, to bound memory."""


class Edges(NamedTuple):
    """Edges from each caption or scene to the results of an operator.

    Attributes:
        source: the index of y.
        target: the index of each y' in T(y).
    """

    source: Int[np.ndarray, " edges"]
    target: Int[np.ndarray, " edges"]


def in_pieces(rows: Int[np.ndarray, "n d"]) -> Iterator[tuple[int, Int[np.ndarray, "piece d"]]]:
    """Pieces of rows that fit in memory with all their variants, and where each begins."""
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        yield start, rows[start : start + _ROWS_AT_ONCE]


def scene_edges(operator: Operator, grammar: Grammar) -> Edges:
    """The edges that an operator draws between all scenes of the world.

    Args:
        operator: T.
        grammar: the captions of the world, which say its scenes.
    """
    space = grammar.space
    sources, targets = [], []
    for start, concepts in in_pieces(space.concepts):
        results, valid = apply_to_scenes(operator, grammar, concepts)
        sources.append(start + np.nonzero(valid)[0])
        targets.append(space.index(results[valid]))
    return Edges(np.concatenate(sources), np.concatenate(targets))


def orbits(n: int, edges: Sequence[Edges]) -> Int[np.ndarray, " n"]:
    """The component of each of n nodes, whichever way edges point.

    Labels sink to the smallest index of the component: each round every edge hands on the smaller
    label of its ends, then labels jump to their label's label.

    Args:
        n: how many nodes.
        edges: between them, of one operator or more.

    Returns:
        Labels from 0 in the order of each component's first node.
    """
    source = np.concatenate([edge.source for edge in edges])
    target = np.concatenate([edge.target for edge in edges])
    label = np.arange(n)
    while True:
        lower = label.copy()
        np.minimum.at(lower, label[source], label[target])
        np.minimum.at(lower, label[target], label[source])
        lower = lower[lower]
        if np.array_equal(lower, label):
            return np.unique(label, return_inverse=True)[1]
        label = lower
