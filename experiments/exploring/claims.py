"""A claim put to worlds: told in words, drawn at random, or such that a condition is broken."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
from hypothesis import HealthCheck, Phase, find, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from proofs_check import (
    CLAIMS,
    IMAGE_SHOWS_SCENE,
    Claim,
    Comparison,
    Condition,
    ConditionError,
    FiniteWorld,
    NoBlindOptimumError,
)
from proofs_check.finite.conditions import FINITE
from proofs_check.finite.family_conditions import ONE_SCENE_AN_ORBIT, family_of
from proofs_check.strategies import finite_worlds, noisy_worlds, scene_worlds
from proofs_check.strategies.finite import NAMES
from scm.arguments import ArgumentError, require_integer, require_seed
from scm.operators.orbits import Edges

SEARCHED = 1000
"""Random worlds among which one is looked for that breaks a condition, and the claim with it."""

_QUIET: dict[str, Any] = {
    # A world is drawn to be shown, not to be kept for the next time.
    "database": None,
    # Nor is it asked what in a world makes the claim fail.
    "phases": (Phase.generate, Phase.shrink),
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
}


def finite_claims() -> dict[str, Claim]:
    """The claims that speak of a `FiniteWorld`, by id."""
    return {
        claim.id: claim
        for claim in CLAIMS.values()
        if claim.requires and claim.requires[0] is FINITE
    }


@dataclass(frozen=True, eq=False)
class Trial:
    """A claim put to a world.

    Attributes:
        world: the world.
        comparisons: what was predicted and measured.
        refused: why nothing could be compared: a condition that the world does not meet, or an
            optimum that it does not have; None where it could.
    """

    world: FiniteWorld
    comparisons: tuple[Comparison, ...]
    refused: str | None = None

    @property
    def holds(self) -> bool:
        """Whether every number is as predicted."""
        return self.refused is None and all(one.holds for one in self.comparisons)


def put(claim: Claim, world: FiniteWorld) -> Trial:
    """Put a claim to a world; one that breaks a condition is refused.

    Args:
        claim: the claim.
        world: any.
    """
    try:
        return Trial(world, tuple(claim.compare(world)))
    except ConditionError as error:
        return Trial(world, (), str(error))


def put_to_random_worlds(
    claim: Claim, n: int, *, seed_: int, words: bool, report: Callable[[], object] = lambda: None
) -> list[Trial]:
    """Put a claim to random worlds that meet its conditions, until it fails in one.

    Args:
        claim: of `finite_claims`.
        n: how many worlds at most, at least 1; where there are fewer, all.
        seed_: decides which are drawn.
        words: whether captions are sentences and operators those of `scm`; otherwise both are
            anything.
        report: called after every world.

    Returns:
        A trial of each world. The last is one that fails, made smaller by hypothesis, if any does.

    Raises:
        ArgumentError: if a number is outside its range.
    """
    require_integer("n", n, 1)
    trials: list[Trial] = []
    smallest: list[Trial] = []

    @seed(require_seed("seed_", seed_))
    @settings(max_examples=n, **_QUIET)
    @given(random_worlds(claim, words))
    def each(world: FiniteWorld) -> None:
        trial = put(claim, world)
        if not smallest:
            trials.append(trial)
            report()
        if not trial.holds:
            smallest[:] = [trial]
            raise _ClaimFailedError

    try:
        each()
    except _ClaimFailedError:
        trials[-1:] = smallest
    return trials


class _ClaimFailedError(Exception):
    """A claim does not hold in a world, which hypothesis makes smaller then."""


def random_worlds(claim: Claim, words: bool) -> st.SearchStrategy[FiniteWorld]:
    """Random worlds that meet a claim's conditions; see `proofs_check.strategies`.

    Args:
        claim: of `finite_claims`.
        words: whether captions are sentences.
    """
    draw, names = (scene_worlds if words else finite_worlds), operators_of(claim)
    either = st.one_of(draw(names), draw(names, permissive=True))
    return either.filter(lambda world: _meets(claim.requires, world))


def operators_of(claim: Claim) -> Sequence[str]:
    """The names of operators that a claim's family may have.

    Args:
        claim: of `finite_claims`.
    """
    expected = {condition.expected for condition in claim.requires}
    alone = [name for name in NAMES if family_of(name).expected in expected]
    return alone or NAMES


def condition_to_drop(claim: Claim) -> Condition | None:
    """A condition of a claim without which small random worlds are found in which it fails.

    Args:
        claim: of `finite_claims`.

    Returns:
        None where its controls alone drop one.
    """
    return next(
        (one for one in (ONE_SCENE_AN_ORBIT, IMAGE_SHOWS_SCENE) if one in claim.requires), None
    )


def small_failure(claim: Claim, dropped: Condition, seed_: int) -> Trial | None:
    """A small world in which a claim fails, since it breaks one condition.

    Args:
        claim: of `finite_claims`.
        dropped: the condition that the world breaks; it meets the others.
        seed_: decides which worlds are drawn.

    Returns:
        None if there is none among `SEARCHED`.

    Raises:
        ArgumentError: if the seed is outside its range.
    """
    others = [condition for condition in claim.requires if condition is not dropped]
    names = operators_of(claim)

    def fails(world: FiniteWorld) -> bool:
        if dropped.holds(world) or not _meets(others, world):
            return False
        try:
            return not _put_regardless(claim, world).holds
        except ArgumentError:
            # Some number of the claim has no exact formula there.
            return False

    worlds = st.one_of(finite_worlds(names), noisy_worlds(names))
    random = Random(require_seed("seed_", seed_))
    limits = settings(max_examples=SEARCHED, **_QUIET)
    try:
        found = find(worlds, fails, settings=limits, random=random)
    except NoSuchExample:
        return None
    return _put_regardless(claim, _fewer_captions(found, fails))


def _fewer_captions(world: FiniteWorld, keeps: Callable[[FiniteWorld], bool]) -> FiniteWorld:
    """A world without captions that are never drawn and are not needed.

    Args:
        world: the world.
        keeps: whether what is wanted of it is so of another.
    """
    for y in reversed(np.flatnonzero(~world.support).tolist()):
        fewer = _without(world, y)
        if keeps(fewer):
            world = fewer
    return world


def _without(world: FiniteWorld, y: int) -> FiniteWorld:
    """A world without a caption that is never drawn."""
    index = np.arange(world.captions) - (np.arange(world.captions) > y)
    edges = {
        name: Edges(*index[np.stack(ends)[:, (ends.source != y) & (ends.target != y)]])
        for name, ends in world.operators.items()
    }
    said = np.delete(world.said, y)
    return dataclasses.replace(world, said=said, caption=index[world.caption], operators=edges)


def _put_regardless(claim: Claim, world: FiniteWorld) -> Trial:
    """Put a claim to a world whatever the claim assumes."""
    try:
        # Of a world that a claim does not speak of a number may be infinite.
        with np.errstate(all="ignore"):
            return Trial(world, tuple(claim.measure(world)))
    except NoBlindOptimumError as error:
        return Trial(world, (), f"no optimum is blind: {error}")


def _meets(conditions: Sequence[Condition], world: FiniteWorld) -> bool:
    return all(condition.holds(world) for condition in conditions)
