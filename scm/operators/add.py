"""ADD: an atom or an object phrase is inserted, with its function words."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from jaxtyping import Bool, Int

from scm.arguments import require, require_integer
from scm.array_module import AnyArray
from scm.language.grammar import Grammar
from scm.language.scene_space import ABSENT
from scm.operators.edits import GONE, PRESENT, Edit, apply_edits
from scm.operators.operator import OPERATORS

Phrase = tuple[int, tuple[int, ...]]
"""A noun, `ABSENT` for a bare attribute, and a value for each attribute slot."""


@dataclass(frozen=True)
class Add:
    """Insert an attribute, or an object with its attributes, by their first words.

    Attributes:
        phrase: the attribute ("red") or object phrase ("red sphere") in words; None for any.
        object: the object, counted from 0, that gets the attribute or that the new object will
            be; None for any.

    Raises:
        ArgumentError: if ``object`` is not an integer of at least 0.
    """

    phrase: str | None = None
    object: int | None = None

    def __post_init__(self) -> None:
        if self.object is not None:
            require_integer("object", self.object, 0)

    @property
    def name(self) -> str:
        """ADD."""
        return "ADD"

    def edits(self, grammar: Grammar) -> list[Edit]:
        """One for each place and phrase.

        Raises:
            ArgumentError: if ``phrase`` is no phrase of this world.
        """
        objects = range(grammar.space.max_objects)
        places = [j for j in objects if self.object in (None, j)]
        edits = []
        for noun, attributes in self._phrases(grammar):
            if noun == ABSENT:
                edits += [_attribute(grammar, j, attributes) for j in places]
            else:
                for j, count in itertools.product(places, objects[1:]):
                    if j <= count:
                        edits += _object(grammar, j, count, (noun, attributes))
        return edits

    def _phrases(self, grammar: Grammar) -> list[Phrase]:
        every = list(_phrases(grammar))
        if self.phrase is None:
            return every
        named = [phrase for phrase in every if _words(grammar, phrase) == self.phrase]
        expected = "an attribute, or a noun with attributes in the order of their slots"
        require(bool(named), "phrase", expected, self.phrase)
        return named

    def variants(
        self, grammar: Grammar, rows: Int[AnyArray, "n d"]
    ) -> tuple[Int[AnyArray, "n variants d"], Bool[AnyArray, "n variants"]]:
        """See `Operator`."""
        return apply_edits(self.edits(grammar), grammar, rows)


def _phrases(grammar: Grammar) -> Iterator[Phrase]:
    """All single attributes, then all objects."""
    space = grammar.space
    lowest = ABSENT if space.optional_attributes else 0
    if space.optional_attributes:
        for s, size in enumerate(space.attributes):
            for value in range(size):
                yield ABSENT, (ABSENT,) * s + (value,) + (ABSENT,) * (space.slots - s - 1)
    kinds = [range(lowest, size) for size in space.attributes]
    if space.max_objects > space.min_objects:
        yield from itertools.product(range(space.nouns), itertools.product(*kinds))


def _words(grammar: Grammar, phrase: Phrase) -> str:
    noun, attributes = phrase
    lexicon = grammar.lexicon
    words = [lexicon.attributes[s][value][0] for s, value in enumerate(attributes) if value >= 0]
    return " ".join(words if noun == ABSENT else [*words, lexicon.nouns[noun][0]])


def _attribute(grammar: Grammar, j: int, attributes: tuple[int, ...]) -> Edit:
    """Give object j an attribute."""
    space = grammar.space
    slot = next(s for s, value in enumerate(attributes) if value >= 0)
    column = space.attribute(j, slot)
    return Edit(where={space.noun(j): PRESENT, column: GONE}, put={column: attributes[slot]})


def _object(grammar: Grammar, j: int, count: int, phrase: Phrase) -> Iterator[Edit]:
    """Make a scene of ``count`` objects one with another object j, in each relation."""
    space = grammar.space
    noun, attributes = phrase
    take = {
        to: source
        for later in range(j + 1, count + 1)
        for to, source in zip(
            grammar.object_columns(later), grammar.object_columns(later - 1), strict=True
        )
    }
    new = dict.fromkeys(grammar.object_columns(j), 0)
    new[space.noun(j)] = noun
    new |= {space.attribute(j, s): value for s, value in enumerate(attributes)}
    where = {space.noun(count - 1): PRESENT, space.noun(count): GONE}
    if count > 1:
        yield Edit(where, take, new)
    else:
        for relation in space.relations:
            yield Edit(where, take, {**new, space.relation: relation})


OPERATORS.register("ADD", Add)
