"""The scenes of a world: which there are, and their rows of concepts."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Int

from scm.arguments import require
from scm.array_module import AnyArray, array_module
from scm.language.scene_arrays import SceneArrays

ABSENT = -1
"""The value of a concept that a scene does not have."""

MAX_SCENES = 100_000
"""Most scenes a world may have."""

RELATIONS: Mapping[str, int] = MappingProxyType({"horizontal": 0, "vertical": 1})
"""The axes that a relation can name and their values in `SceneArrays`."""


@dataclass(frozen=True)
class SceneSpace:
    """All scenes of a world (Z-bar of the theory), each a row of integers, one per concept.

    The columns of a row: the noun of each object, the attributes object by object, the relation.
    Scenes are in lexicographic order of their rows, so of two scenes that differ in one concept
    the one without it comes first, then the one with the smaller value.

    Attributes:
        nouns: number of nouns.
        attributes: number of values of each attribute slot.
        optional_attributes: whether an object may lack an attribute.
        relations: values of the relations in use, see `RELATIONS`.
        min_objects: fewest objects of a scene.
        max_objects: most objects of a scene.
        repeated_nouns: whether two objects of a scene may have the same noun.

    Raises:
        ArgumentError: if the world has more than `MAX_SCENES` scenes.
    """

    nouns: int
    attributes: tuple[int, ...]
    optional_attributes: bool
    relations: tuple[int, ...]
    min_objects: int
    max_objects: int
    repeated_nouns: bool

    def __post_init__(self) -> None:
        expected = f"a world of at most {MAX_SCENES:,} scenes"
        require(self.size <= MAX_SCENES, "scenes", expected, self.size)
        codes = math.prod(size + 1 for size in self.concept_sizes)
        expected = "concepts with fewer than 2**31 combinations, absent ones included"
        require(codes < 2**31, "scenes", expected, codes)

    @property
    def size(self) -> int:
        """The number of scenes."""
        return sum(self._scenes_of(k) for k in range(self.min_objects, self.max_objects + 1))

    def _scenes_of(self, k: int) -> int:
        """The number of scenes of k objects."""
        nouns = self.nouns**k if self.repeated_nouns else math.perm(self.nouns, k)
        kinds = math.prod(size + self.optional_attributes for size in self.attributes)
        return nouns * kinds**k * (len(self.relations) if k > 1 else 1)

    @property
    def slots(self) -> int:
        """The number of attribute slots of an object."""
        return len(self.attributes)

    def noun(self, j: int) -> int:
        """The column of object j's noun."""
        return j

    def attribute(self, j: int, slot: int) -> int:
        """The column of an attribute of object j.

        Args:
            j: which object, from 0.
            slot: which attribute, from 0.
        """
        return self.max_objects + j * self.slots + slot

    @property
    def relation(self) -> int:
        """The column of the relation."""
        return self.max_objects * (1 + self.slots)

    @cached_property
    def concept_names(self) -> tuple[str, ...]:
        """What each column holds: "object 0 noun", "object 1 attribute 0", "relation"."""
        objects = range(self.max_objects)
        nouns = [f"object {j} noun" for j in objects]
        attributes = [f"object {j} attribute {s}" for j in objects for s in range(self.slots)]
        return (*nouns, *attributes, "relation")

    @cached_property
    def concept_sizes(self) -> tuple[int, ...]:
        """How many values each column has, `ABSENT` not counted."""
        return (
            *[self.nouns] * self.max_objects,
            *self.attributes * self.max_objects,
            max(self.relations) + 1,
        )

    @cached_property
    def least_values(self) -> tuple[int, ...]:
        """The least value that each column has in any scene: `ABSENT` where one may lack it."""
        return tuple(self.concepts.min(axis=0).tolist())

    @property
    def class_counts(self) -> tuple[int, ...]:
        """How many `classes` each column has: its values, and absence where a scene may lack it."""
        return tuple((np.ptp(self.concepts, axis=0) + 1).tolist())

    def classes(self, concepts: Int[AnyArray, "n m"]) -> Int[AnyArray, "n m"]:
        """Each concept as a class, from 0 on; absence is the first where a scene may lack it.

        Args:
            concepts: rows that are scenes of this space.
        """
        xp = array_module(concepts)
        return concepts - xp.asarray(np.array(self.least_values, np.int32))[None, :]

    def well_formed(self, concepts: Int[AnyArray, "n m"]) -> Bool[AnyArray, " n"]:
        """Which rows are scenes of this space."""
        xp = array_module(concepts)
        sizes = xp.asarray(np.array(self.concept_sizes, np.int32))[None, :]
        in_range = xp.all((concepts >= ABSENT) & (concepts < sizes), axis=1)
        nouns, relation = concepts[:, : self.max_objects], concepts[:, self.relation]
        present = nouns >= 0
        count = xp.sum(present, axis=1)
        fits = (
            in_range
            & (count >= self.min_objects)
            & xp.all(present[:, 1:] <= present[:, :-1], axis=1)
            & xp.where(count == 1, relation == ABSENT, self._is_relation(relation))
        )
        for j, slot in itertools.product(range(self.max_objects), range(self.slots)):
            has = concepts[:, self.attribute(j, slot)] >= 0
            fits &= has <= present[:, j] if self.optional_attributes else has == present[:, j]
        if not self.repeated_nouns:
            for i, j in itertools.combinations(range(self.max_objects), 2):
                fits &= (nouns[:, i] != nouns[:, j]) | ~present[:, j]
        return fits

    def _is_relation(self, value: Int[AnyArray, " n"]) -> Bool[AnyArray, " n"]:
        xp = array_module(value)
        return xp.any(xp.stack([value == relation for relation in self.relations]), axis=0)

    @cached_property
    def concepts(self) -> Int[np.ndarray, "scenes m"]:
        """The rows of all scenes, in lexicographic order."""
        grids = [self._grid(k) for k in range(self.min_objects, self.max_objects + 1)]
        rows = np.concatenate(grids)
        return rows[np.lexsort(rows.T[::-1])]

    def _grid(self, k: int) -> Int[np.ndarray, "scenes m"]:
        """The rows of all scenes of k objects."""
        nouns = np.array(
            list(
                itertools.product(range(self.nouns), repeat=k)
                if self.repeated_nouns
                else itertools.permutations(range(self.nouns), k)
            ),
            np.int32,
        )
        lowest = ABSENT if self.optional_attributes else 0
        kinds = [range(lowest, size) for _ in range(k) for size in self.attributes]
        attributes = np.array(list(itertools.product(*kinds)), np.int32)
        relations = np.array(self.relations if k > 1 else (ABSENT,), np.int32)
        index = np.indices((len(nouns), len(attributes), len(relations))).reshape(3, -1)
        rows = np.full((index.shape[1], len(self.concept_sizes)), ABSENT, np.int32)
        rows[:, :k] = nouns[index[0]]
        rows[:, self.max_objects : self.max_objects + k * self.slots] = attributes[index[1]]
        rows[:, self.relation] = relations[index[2]]
        return rows

    @cached_property
    def _codes(self) -> Int[np.ndarray, " scenes"]:
        return self._code(self.concepts)

    def _code(self, concepts: Int[AnyArray, "n m"]) -> Int[AnyArray, " n"]:
        """A row as one number in mixed radix, increasing in lexicographic order."""
        xp = array_module(concepts)
        code = xp.zeros(concepts.shape[:1], np.int32)
        for column, size in enumerate(self.concept_sizes):
            code = code * (size + 1) + concepts[:, column] + 1
        return code

    def index(self, concepts: Int[AnyArray, "n m"]) -> Int[AnyArray, " n"]:
        """The index of each row among all scenes; `ABSENT` for a row that is no scene."""
        xp = array_module(concepts)
        found = xp.searchsorted(xp.asarray(self._codes), self._code(concepts)).astype(np.int32)
        return xp.where(self.well_formed(concepts), found, ABSENT)

    def arrays(self, concepts: Int[Array | np.ndarray, "n m"]) -> SceneArrays:
        """The rows as `SceneArrays`."""
        rows = jnp.asarray(concepts)
        attributes = rows[:, self.max_objects : self.relation]
        return SceneArrays(
            nouns=rows[:, : self.max_objects],
            attributes=attributes.reshape(len(rows), self.max_objects, self.slots),
            relation=rows[:, self.relation],
        )
