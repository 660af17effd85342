"""Words over operators: what each length of word makes of captions, as a search of their graph."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from jaxtyping import Int
from scipy.sparse import csr_array

from scm.operators.orbits import Edges


def layers(edges: Edges, nodes: int, start: Int[np.ndarray, " n"]) -> Iterator[csr_array]:
    """For each length, beginning with 0: which nodes are first reached by words of it.

    A breadth-first search from all starts at once, along edges as they point. It ends when
    nothing new is reached.

    Args:
        edges: those of all operators of the family.
        nodes: how many captions there are.
        start: the captions to begin from.

    Yields:
        A table of n rows, one a start, and a column for each node.
    """
    source, target = edges
    step = csr_array((np.ones(len(source), bool), (source, target)), shape=(nodes, nodes))
    itself = (np.ones(len(start), bool), (np.arange(len(start)), start))
    seen = layer = csr_array(itself, shape=(len(start), nodes))
    while layer.nnz:
        yield layer
        further = csr_array(layer @ step)
        layer = csr_array(further > seen)
        seen = csr_array(seen + layer)
