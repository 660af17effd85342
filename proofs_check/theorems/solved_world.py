"""Worlds of which closed forms say more than a claim does of all worlds."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from proofs_check.comparison import Comparison
from proofs_check.finite.finite_world import FiniteWorld


@dataclass(frozen=True, eq=False, kw_only=True)
class SolvedWorld(FiniteWorld):
    """A finite world, and closed forms of what it is like.

    Attributes:
        closed_forms: what they predict, and what is measured of the world.
    """

    closed_forms: Callable[[FiniteWorld], Sequence[Comparison]]

    @classmethod
    def of(
        cls, world: FiniteWorld, closed_forms: Callable[[FiniteWorld], Sequence[Comparison]]
    ) -> SolvedWorld:
        """A world with its closed forms.

        Args:
            world: the world.
            closed_forms: what they predict, and what is measured of the world.
        """
        tables = {field.name: getattr(world, field.name) for field in dataclasses.fields(world)}
        return cls(**tables, closed_forms=closed_forms)
