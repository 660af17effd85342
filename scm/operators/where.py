"""Operators restricted to where another applies."""

from __future__ import annotations

from dataclasses import dataclass, field

from jaxtyping import Bool, Int

from scm.array_module import AnyArray
from scm.language.grammar import Grammar
from scm.operators.add import Add
from scm.operators.operator import Operator, apply_to_rows
from scm.operators.swap import Swap
from scm.registry import CONFIGS


@dataclass(frozen=True)
class Where:
    """What an operator does to those captions that another applies to, and to no others.

    A coverage of it draws only scenes that both change, so that training can take hard negatives
    of the other from every caption.

    Attributes:
        operator: T.
        applies: the other, of which some result is there wherever T is let be.
    """

    operator: Operator = field(default_factory=Swap)
    applies: Operator = field(default_factory=Add)

    @property
    def name(self) -> str:
        """That of T."""
        return self.operator.name

    def variants(
        self, grammar: Grammar, rows: Int[AnyArray, "n d"]
    ) -> tuple[Int[AnyArray, "n variants d"], Bool[AnyArray, "n variants"]]:
        """See `Operator`."""
        results, valid = apply_to_rows(self.operator, grammar, rows)
        _, others = apply_to_rows(self.applies, grammar, rows)
        return results, valid & others.any(axis=1, keepdims=True)


CONFIGS.register("where", Where)
