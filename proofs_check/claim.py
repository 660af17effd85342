"""Claims: the statements that exact checks and studies speak to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from proofs_check.comparison import Comparison
from scm.arguments import ArgumentError
from scm.registry import Registry


class ConditionError(ArgumentError):
    """A world does not meet a condition of a claim; the text names the condition."""


@dataclass(frozen=True)
class Condition:
    """Something that a claim assumes of a world.

    Attributes:
        expected: what is assumed, as "a world in which each caption says one scene".
        holds: whether it is so.
    """

    expected: str
    holds: Callable[[Any], bool]


@dataclass(frozen=True)
class Control:
    """A world in which a condition is dropped, and the failure that is predicted for it.

    Attributes:
        name: which condition is dropped, in words.
        world: makes the world.
        failure: what the failure predicts of the world, and what is measured.
    """

    name: str
    world: Callable[[], Any]
    failure: Callable[[Any], Sequence[Comparison]]


@dataclass(frozen=True)
class Claim:
    """A statement of the theory (THEORY.md), and how it is checked exactly.

    Attributes:
        id: its number, e.g. ``T2``.
        title: what it says in some six words, e.g. "Uncovered orbits permit blindness".
        statement: what it says, in a sentence.
        conditions: what it assumes.
        source: where it comes from. The paper's full text was not at hand: statements that bear
            its numbers are reconstructions.
        requires: the conditions, as tests of a world.
        measure: what the statement predicts of a world that meets them, and what is measured.
        worlds: makers of the worlds that ``tokenscm check`` looks at, by name.
        controls: worlds that drop a condition, in which the statement must fail.
    """

    id: str
    title: str
    statement: str
    conditions: str
    source: str
    requires: tuple[Condition, ...] = ()
    measure: Callable[[Any], Sequence[Comparison]] = lambda _: ()
    worlds: Mapping[str, Callable[[], Any]] = field(default_factory=dict)
    controls: tuple[Control, ...] = ()

    def compare(self, world: Any) -> Sequence[Comparison]:
        """What the statement predicts of a world, beside what is measured.

        Raises:
            ConditionError: if the world does not meet a condition.
        """
        for condition in self.requires:
            if not condition.holds(world):
                raise ConditionError(
                    f"world: expected {condition.expected} ({self.id}), got one that is not"
                )
        return self.measure(world)


CLAIMS: Registry[Claim] = Registry("claim", "token_scm.claims")
"""Claims by id, in order."""
