"""Words over operators: what each length of word makes of captions, as a search of their graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from jaxtyping import Int

Step = Callable[
    [Int[np.ndarray, " n"]], tuple[Int[np.ndarray, " edges"], Int[np.ndarray, " edges"]]
]
"""From captions to all that operators make of them: the place of each y, and its y', by index."""

_CAPTIONS_AT_ONCE = 1 << 16
"""Captions whose results are looked at together, to bound memory."""

_BITS = 32
"""Of an index: a start and a caption fit in one integer, which sorts by start, then by caption."""


class Layer(NamedTuple):
    """What words of one length reach, and no shorter word does, in ascending order.

    Attributes:
        start: the place, among the captions begun from, of y.
        caption: the index of y'.
    """

    start: Int[np.ndarray, " reached"]
    caption: Int[np.ndarray, " reached"]


def layers(step: Step, start: Int[np.ndarray, " n"]) -> Iterator[Layer]:
    """For each length, beginning with 0: which captions are first reached by words of it.

    A breadth-first search from all starts at once, along edges as they point. It ends when
    nothing new is reached.

    Args:
        step: one operator more, any of the family: `ResultTable.edges_from` where all captions are
            enumerated. Indices are below 2^31, and may be given as captions are found.
        start: the captions to begin from.
    """
    seen = new = np.arange(len(start), dtype=np.int64) << _BITS | start
    while len(new):
        layer = Layer(new >> _BITS, new & (1 << _BITS) - 1)
        yield layer
        pieces = range(0, len(new), _CAPTIONS_AT_ONCE)
        reached = [_reached(step, layer, slice(at, at + _CAPTIONS_AT_ONCE)) for at in pieces]
        found = np.unique(np.concatenate(reached))
        new = found[~np.isin(found, seen, assume_unique=True)]
        seen = np.concatenate([seen, new])


def _reached(step: Step, layer: Layer, piece: slice) -> Int[np.ndarray, " reached"]:
    """What one operator more reaches from a piece of a layer, each once."""
    start, captions = layer.start[piece], layer.caption[piece]
    place, target = step(captions)
    return np.unique(start[place] << _BITS | target)
