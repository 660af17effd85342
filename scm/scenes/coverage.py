"""Coverage: how much of an operator's orbits training shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

import jax
import numpy as np
from jaxtyping import Array, Float, Int, Key

from scm.arguments import require, require_choice, require_number
from scm.draws import first_of, permutation
from scm.keys import named_key
from scm.language.grammar import Grammar
from scm.operators.operator import Operator
from scm.operators.orbits import orbits, scene_edges
from scm.operators.swap import Swap
from scm.registry import CONFIGS

Shown = Literal["structured", "hashed"]
SceneLaw = Literal["orbits", "scenes"]


@dataclass(frozen=True)
class Coverage:
    """A law of scenes that covers a fraction of the orbits of one operator (T10).

    The base scenes are those that the operator changes; others are never drawn. Of their N orbits
    round(rho N), chosen at random, are covered: all their scenes are drawn. Of an uncovered orbit
    one scene is drawn.

    Attributes:
        operator: its orbits are covered or not.
        rho: the fraction covered, in [0, 1]. For one world key the orbits covered at a smaller
            rho are covered at a larger.
        theta: where orbits have two scenes, the probability in a covered orbit of the one that it
            would show were it uncovered, in (0, 1); as it goes to 1, coverage goes to 0.
        shown: the scene of an uncovered orbit. ``structured``: the first, so the smaller object is
            on the left, the atom is the smallest, the attribute or object is absent. ``hashed``:
            one chosen at random for each orbit.
        law: ``orbits``: orbits are equiprobable, and but for theta the scenes of one. ``scenes``:
            all scenes drawn are equiprobable.

    Raises:
        ArgumentError: if a setting is outside its range, or theta is set where scenes are
            equiprobable.
    """

    operator: Operator = field(default_factory=Swap)
    rho: float = 1.0
    theta: float = 0.5
    shown: Shown = "structured"
    law: SceneLaw = "orbits"

    def __post_init__(self) -> None:
        require_number("rho", self.rho, 0.0, 1.0)
        require_number("theta", self.theta, 0.0, 1.0, exclude_low=True)
        require(self.theta < 1.0, "theta", "a number below 1", self.theta)
        require_choice("shown", self.shown, get_args(Shown))
        require_choice("law", self.law, get_args(SceneLaw))
        if self.law == "scenes":
            require(self.theta == 0.5, "theta", "0.5 where scenes are equiprobable", self.theta)

    def probability(self, grammar: Grammar, key: Key[Array, ""]) -> Float[np.ndarray, " scenes"]:
        """The probability p(z_inv) of each scene.

        Args:
            grammar: the world's scenes.
            key: random key: which orbits are covered, and which scene a hashed orbit shows.

        Raises:
            ArgumentError: if the operator changes no scene, or theta is set and an orbit has more
                than two.
        """
        members = base_orbits(self.operator, grammar)
        require(bool(members), "coverage", "an operator that changes a scene", self.operator)
        sizes = np.array([len(orbit) for orbit in members])
        if self.theta != 0.5:
            require(
                sizes.max() == 2, "theta", "0.5 where an orbit has 3 scenes or more", self.theta
            )
        n = len(members)
        order = permutation(named_key(key, "covered"), n)
        covered = np.zeros(n, bool)
        covered[order[: round(self.rho * n)]] = True
        draws = first_of(jax.random.uniform, named_key(key, "shown"), (n,))
        shown = (draws * sizes).astype(int) if self.shown == "hashed" else np.zeros(n, int)
        weight = np.zeros(grammar.space.size)
        for orbit, is_covered, one in zip(members, covered, shown, strict=True):
            if self.law == "scenes":
                weight[orbit if is_covered else orbit[one]] = 1.0
            elif not is_covered:
                weight[orbit[one]] = 1.0
            elif len(orbit) == 2:
                weight[orbit] = 1.0 - self.theta
                weight[orbit[one]] = self.theta
            else:
                weight[orbit] = 1.0 / len(orbit)
        return weight / weight.sum()


def base_orbits(operator: Operator, grammar: Grammar) -> list[Int[np.ndarray, " members"]]:
    """The scenes of each orbit of an operator over all scenes, orbits of a single one left out.

    Args:
        operator: T.
        grammar: the captions of the world, which say its scenes.
    """
    label = orbits(grammar.space.size, [scene_edges(operator, grammar)])
    order = np.argsort(label, kind="stable")
    groups = np.split(order, np.cumsum(np.bincount(label))[:-1])
    return [group for group in groups if len(group) > 1]


def realised_coverage(
    operator: Operator, grammar: Grammar, probability: Float[np.ndarray, " scenes"]
) -> float:
    """Of the orbits of an operator that are ever drawn, the fraction whose scenes all are.

    Args:
        operator: T.
        grammar: the captions of the world, which say its scenes.
        probability: p(z_inv) of each scene.

    Raises:
        ArgumentError: if the operator changes no scene that is drawn.
    """
    drawn = [probability[orbit] > 0 for orbit in base_orbits(operator, grammar)]
    shown = [orbit for orbit in drawn if orbit.any()]
    require(bool(shown), "coverage", "an operator that changes a scene that is drawn", operator)
    return sum(bool(orbit.all()) for orbit in shown) / len(shown)


CONFIGS.register("coverage", Coverage)
