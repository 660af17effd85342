"""The captions of a world: which there are, and their rows of concepts and choices."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float, Int

from scm.array_module import AnyArray, array_module
from scm.language.lexicon import PADDING, Lexicon
from scm.language.scene_space import ABSENT, SceneSpace


@dataclass(frozen=True)
class CaptionSpace:
    """All captions of a world (W of the theory), each a row of integers.

    A *row* is a scene's concepts followed by the choices of its caption's words, 0 where there is
    nothing to choose. `Grammar` writes rows as words.

    Attributes:
        space: the scenes.
        lexicon: the words.
        paraphrases: whether captions from the reverse viewpoint are well-formed.
        coordinates: whether coordinated captions are well-formed.
        definites: whether "the" is well-formed.
        agrees: whether all objects of a caption that is drawn have the same determiner. Captions
            that mix "a" and "the" are well-formed all the same, and never drawn.
    """

    space: SceneSpace
    lexicon: Lexicon
    paraphrases: bool
    coordinates: bool
    definites: bool
    agrees: bool = False

    @property
    def length(self) -> int:
        """L, the number of tokens of a padded caption."""
        gaps = self.space.max_objects - 1
        connector = 2 if 0 in self.space.relations else 1
        coordinated = gaps + 4 if self.coordinates and gaps else 0
        phrases = self.space.max_objects * (2 + self.space.slots)
        return phrases + max(connector * gaps, coordinated)

    @property
    def viewpoint(self) -> int:
        """The column of the viewpoint: 1 mentions the objects in the reverse order."""
        return len(self.space.concept_names)

    @property
    def coordination(self) -> int:
        """The column of coordination: 0 is a chain, 1 is "and"."""
        return self.viewpoint + 1

    def determiner(self, j: int) -> int:
        """The column of object j's determiner: 0 is "a", 1 is "the"."""
        return self.viewpoint + 2 + j

    def word_of(self, column: int) -> int:
        """The column that says which of its words names a noun's or an attribute's column."""
        return self.determiner(self.space.max_objects) + column

    def object_columns(self, j: int) -> list[int]:
        """All columns that belong to object j, in the same order for every object."""
        slots, space = range(self.space.slots), self.space
        attributes = [space.attribute(j, s) for s in slots]
        noun = space.noun(j)
        words = [self.word_of(column) for column in (noun, *attributes)]
        return [noun, *attributes, self.determiner(j), *words]

    @cached_property
    def choice_names(self) -> tuple[str, ...]:
        """What each column of choices holds."""
        objects = range(self.space.max_objects)
        slots = range(self.space.slots)
        return (
            *("viewpoint", "coordination"),
            *(f"object {j} determiner" for j in objects),
            *(f"object {j} noun word" for j in objects),
            *(f"object {j} attribute {s} word" for j in objects for s in slots),
        )

    def limits(self, concepts: Int[AnyArray, "n m"]) -> Int[AnyArray, "n q"]:
        """The largest value of every choice in captions of these scenes."""
        space, objects, slots = self.space, range(self.space.max_objects), range(self.space.slots)
        related = concepts[:, space.relation] >= 0
        nouns = self.lexicon.noun_tokens
        attributes = self.lexicon.attribute_tokens
        columns = [_flag(self.paraphrases, related), _flag(self.coordinates, related)]
        columns += [_flag(self.definites, concepts[:, space.noun(j)] >= 0) for j in objects]
        columns += [_synonyms(nouns, concepts[:, space.noun(j)]) for j in objects]
        columns += [
            _synonyms(attributes[s], concepts[:, space.attribute(j, s)])
            for j in objects
            for s in slots
        ]
        return array_module(concepts).stack(columns, axis=1)

    @cached_property
    def ranges(self) -> tuple[Int[np.ndarray, " d"], Int[np.ndarray, " d"]]:
        """The smallest and the largest value that each column could hold.

        Every choice could be 1, "the" for example, also where this world's captions have none.
        """
        sizes = np.array(self.space.concept_sizes, np.int32)
        choices = np.maximum(self.limits(self.space.concepts).max(axis=0), 1)
        low = np.concatenate([np.full_like(sizes, ABSENT), np.zeros_like(choices)])
        return low, np.concatenate([sizes - 1, choices])

    def split(
        self, rows: Int[AnyArray, "n d"]
    ) -> tuple[Int[AnyArray, "n m"], Int[AnyArray, "n q"]]:
        """The concepts and the choices of rows."""
        return rows[:, : self.viewpoint], rows[:, self.viewpoint :]

    def plain(self, concepts: Int[AnyArray, "n m"]) -> Int[AnyArray, "n d"]:
        """The rows of the captions whose choices are all 0."""
        xp = array_module(concepts)
        choices = xp.zeros((len(concepts), len(self.choice_names)), np.int32)
        return xp.concatenate([concepts, choices], axis=1)

    def well_formed(self, rows: Int[AnyArray, "n d"]) -> Bool[AnyArray, " n"]:
        """Which rows are a scene with choices that its captions have."""
        xp = array_module(rows)
        concepts, choices = self.split(rows)
        fits = (choices >= 0) & (choices <= self.limits(concepts))
        return self.space.well_formed(concepts) & xp.all(fits, axis=1)

    def enumerate(
        self, concepts: Int[np.ndarray, "scenes m"]
    ) -> tuple[Int[np.ndarray, " n"], Int[np.ndarray, "n d"]]:
        """All captions of some scenes: which scene each is of, and its row, scene by scene."""
        limits = self.limits(concepts)
        counts = np.prod(limits + 1, axis=1)
        scene = np.repeat(np.arange(len(concepts), dtype=np.int32), counts)
        first = np.repeat(np.cumsum(counts) - counts, counts)
        place = np.arange(len(scene)) - first
        choices = np.zeros((len(scene), limits.shape[1]), np.int32)
        for column in reversed(range(limits.shape[1])):
            place, choices[:, column] = np.divmod(place, limits[scene, column] + 1)
        return scene, np.concatenate([concepts[scene], choices], axis=1)

    def place(self, rows: Int[AnyArray, "n d"]) -> Int[AnyArray, " n"]:
        """Where each row comes among the captions of its scene, as `enumerate` orders them."""
        concepts, choices = self.split(rows)
        limits = self.limits(concepts)
        place = array_module(rows).zeros(len(rows), np.int32)
        for column in range(limits.shape[1]):
            place = place * (limits[:, column] + 1) + choices[:, column]
        return place

    def index(self, rows: Int[AnyArray, "n d"]) -> Int[AnyArray, " n"]:
        """Where each well-formed row comes among all captions, scene by scene; runs inside jit."""
        scene = self.space.index(self.split(rows)[0])
        return array_module(rows).asarray(self._first)[scene] + self.place(rows)

    @cached_property
    def _first(self) -> Int[np.ndarray, " scenes"]:
        """The index of each scene's first caption."""
        counts = np.prod(self.limits(self.space.concepts) + 1, axis=1)
        return (np.cumsum(counts) - counts).astype(np.int32)

    def probability(
        self, rows: Int[AnyArray, "n d"], variation: Float[AnyArray, " q"]
    ) -> Float[AnyArray, " n"]:
        """The probability p(y | z_inv) of each well-formed caption.

        Args:
            rows: captions.
            variation: for each choice, the probability of a value other than 0, shared equally
                by the other values, where there is a choice.
        """
        xp = array_module(rows)
        concepts, choices = self.split(rows)
        limits = self.limits(concepts)
        varied = variation[None, :]
        chosen = xp.where(
            choices == 0, 1 - varied, varied / xp.maximum(limits, 1).astype(variation.dtype)
        )
        same = (choices == choices[:, self._first_determiner, None]).astype(chosen.dtype)
        chosen = xp.where(self._follows[None, :], same, chosen)
        return xp.prod(xp.where(limits == 0, 1.0, chosen), axis=1)

    @cached_property
    def _follows(self) -> Bool[np.ndarray, " q"]:
        """Which choices are those of the first object's determiner over again."""
        follows = np.zeros(len(self.choice_names), bool)
        if self.agrees:
            first = self._first_determiner
            follows[first + 1 : first + self.space.max_objects] = True
        return follows

    @property
    def _first_determiner(self) -> int:
        return self.determiner(0) - self.viewpoint

    def choose(
        self,
        concepts: Int[AnyArray, "n m"],
        variation: Float[AnyArray, " q"],
        uniform: Float[AnyArray, "n q"],
    ) -> Int[AnyArray, "n q"]:
        """Choices of captions of scenes, from uniform numbers in [0, 1), one for each choice.

        Args:
            concepts: the scenes, n rows of concepts.
            variation: for each choice, the probability of one other than the first.
            uniform: a number for each choice of each scene.
        """
        xp = array_module(uniform)
        limits = self.limits(concepts)
        varied = variation[None, :]
        leading = uniform[:, self._first_determiner, None]
        uniform = xp.where(self._follows[None, :], leading, uniform)
        share = uniform / xp.where(varied > 0, varied, 1.0) * limits.astype(uniform.dtype)
        other = 1 + xp.clip(share.astype(np.int32), 0, xp.maximum(limits - 1, 0))
        return xp.where((limits > 0) & (uniform < varied), other, 0)


def _flag(on: bool, where: Bool[AnyArray, " n"]) -> Int[AnyArray, " n"]:
    return where.astype(np.int32) * int(on)


def _synonyms(
    table: Int[np.ndarray, "values words"], value: Int[AnyArray, " n"]
) -> Int[AnyArray, " n"]:
    """How many other words there are for each value; none for what is not said."""
    xp = array_module(value)
    counts = np.sum(table != PADDING, axis=1, dtype=np.int32) - 1
    known = xp.clip(value, 0, len(table) - 1)
    return xp.where(value >= 0, xp.asarray(counts)[known], 0)
