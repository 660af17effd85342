"""Scenes as arrays of integers."""

from __future__ import annotations

from jaxtyping import Array, Int

from scm.pytree import pytree_dataclass


@pytree_dataclass
class SceneArrays:
    """Scenes of up to ``max_objects`` objects, ordered along the axis that the relation names.

    Attributes:
        nouns: the noun of each object in order, -1 where there is no object.
        attributes: the value of each attribute slot of each object, -1 where it is not specified
            or there is no object; there may be 0 slots.
        relation: 0 for horizontal, left to right; 1 for vertical, from above to below; -1 for a
            scene of one object.
    """

    nouns: Int[Array, "*n max_objects"]
    attributes: Int[Array, "*n max_objects slots"]
    relation: Int[Array, "*n"]
