"""REPLACE: another atom of the type in a slot."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from jaxtyping import Bool, Int

from scm.arguments import require_choice
from scm.array_module import AnyArray
from scm.language.grammar import Grammar
from scm.operators.edits import GONE, PRESENT, Edit, apply_edits
from scm.operators.operator import OPERATORS


@dataclass(frozen=True)
class Replace:
    """Put another atom of the type in a slot, by its first word.

    Another relation's word leaves the order of mention as it is: "a cube left of a sphere" becomes
    "a cube above a sphere" and, where captions have both viewpoints, "a cube right of a sphere".

    Attributes:
        slot: the name of a concept, "object 0 noun" for example; None for any.
    """

    slot: str | None = None

    @property
    def name(self) -> str:
        """REPLACE."""
        return "REPLACE"

    def edits(self, grammar: Grammar) -> list[Edit]:
        """One for each slot and atom.

        Raises:
            ArgumentError: if the world has no such slot.
        """
        space = grammar.space
        if self.slot is not None:
            require_choice("slot", self.slot, space.concept_names)
        columns = {
            name: column
            for column, name in enumerate(space.concept_names)
            if self.slot in (None, name)
        }
        edits = [
            Edit(
                where={column: PRESENT},
                put={column: value, grammar.word_of(column): 0},
                unless={column: value},
            )
            for column in columns.values()
            if column != space.relation
            for value in range(space.concept_sizes[column])
        ]
        return edits + (_relations(grammar) if "relation" in columns else [])

    def variants(
        self, grammar: Grammar, rows: Int[AnyArray, "n d"]
    ) -> tuple[Int[AnyArray, "n variants d"], Bool[AnyArray, "n variants"]]:
        """See `Operator`."""
        return apply_edits(self.edits(grammar), grammar, rows)


def _relations(grammar: Grammar) -> list[Edit]:
    """One for each number of objects and pair of relation words.

    From the other viewpoint the same mention order is the reverse order of objects.
    """
    space = grammar.space
    words = list(itertools.product(space.relations, (0, 1) if grammar.paraphrases else (0,)))
    edits = []
    for count in range(2, space.max_objects + 1):
        reverse = {
            to: source
            for j in range(count)
            for to, source in zip(
                grammar.object_columns(j), grammar.object_columns(count - 1 - j), strict=True
            )
        }
        for (relation, viewpoint), (other, seen) in itertools.permutations(words, 2):
            where = {
                space.noun(count - 1): PRESENT,
                space.relation: (relation, relation),
                grammar.viewpoint: (viewpoint, viewpoint),
            }
            if count < space.max_objects:
                where[space.noun(count)] = GONE
            take = reverse if seen != viewpoint else {}
            edits.append(Edit(where, take, {space.relation: other, grammar.viewpoint: seen}))
    return edits


OPERATORS.register("REPLACE", Replace)
