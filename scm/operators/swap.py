"""SWAP: two atoms of one type, or two object phrases, exchange their places."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Literal, get_args

from jaxtyping import Bool, Int

from scm.arguments import require_choice
from scm.array_module import AnyArray
from scm.language.grammar import Grammar
from scm.operators.edits import PRESENT, Edit, apply_edits, exchange
from scm.operators.operator import OPERATORS

Unit = Literal["atoms", "nouns", "attributes", "phrases"]


@dataclass(frozen=True)
class Swap:
    """Exchange two atoms of one type, with their words, or two object phrases.

    Attributes:
        unit: what is exchanged: ``nouns``, ``attributes`` of one slot, ``atoms`` for either, or
            whole ``phrases``: determiner, attributes and noun.

    Raises:
        ArgumentError: if the unit is none of these.
    """

    unit: Unit = "atoms"

    def __post_init__(self) -> None:
        require_choice("unit", self.unit, get_args(Unit))

    @property
    def name(self) -> str:
        """SWAP."""
        return "SWAP"

    def edits(self, grammar: Grammar) -> list[Edit]:
        """One for each pair of objects and type of atom."""
        space = grammar.space
        edits = []
        for i, j in itertools.combinations(range(space.max_objects), 2):
            pairs = []
            if self.unit in ("atoms", "nouns"):
                pairs.append((space.noun(i), space.noun(j)))
            if self.unit in ("atoms", "attributes"):
                slots = range(space.slots)
                pairs += [(space.attribute(i, s), space.attribute(j, s)) for s in slots]
            edits += [
                Edit(
                    where={left: PRESENT, right: PRESENT},
                    take=exchange((left, grammar.word_of(left)), (right, grammar.word_of(right))),
                )
                for left, right in pairs
            ]
            if self.unit == "phrases":
                where = {space.noun(i): PRESENT, space.noun(j): PRESENT}
                take = exchange(grammar.object_columns(i), grammar.object_columns(j))
                edits.append(Edit(where, take))
        return edits

    def variants(
        self, grammar: Grammar, rows: Int[AnyArray, "n d"]
    ) -> tuple[Int[AnyArray, "n variants d"], Bool[AnyArray, "n variants"]]:
        """See `Operator`."""
        return apply_edits(self.edits(grammar), grammar, rows)


OPERATORS.register("SWAP", Swap)
