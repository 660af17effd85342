"""Components of the bipartite graph that the support of a joint law draws."""

from __future__ import annotations

import numpy as np
from jaxtyping import Int

from scm.operators.orbits import Edges, orbits


def components(
    left: Int[np.ndarray, " edges"], right: Int[np.ndarray, " edges"]
) -> Int[np.ndarray, " edges"]:
    """The connected component of each edge of a bipartite graph.

    Args:
        left: the node of one side, such as an image, that each edge has.
        right: the node of the other side, such as a caption's label.

    Returns:
        Numbers from 0, none left out.
    """
    nodes = 1 + left.max(initial=-1)
    of_node = orbits(int(nodes + 1 + right.max(initial=-1)), [Edges(left, nodes + right)])
    return np.unique(of_node[left], return_inverse=True)[1]
