"""Worlds in which rejecting, or composing, or the minimum of T16 is another."""

from __future__ import annotations

import numpy as np

from proofs_check.comparison import Comparison
from proofs_check.finite.caption_world import caption_world
from proofs_check.finite.finite_world import FiniteWorld
from proofs_check.finite.negatives import negatives_of, shared_negatives
from proofs_check.quantities.shared_negatives import least_loss, least_loss_by_descent
from proofs_check.quantities.surcharge import separated_surcharge
from proofs_check.theorems.pseudo_optimality import ROUNDING
from proofs_check.theorems.rejection import rejected, rejecting_labels
from proofs_check.theorems.worlds import covered_fraction
from scm import Coverage, SceneConfig, Swap
from scm.operators.orbits import Edges


def drawn_elsewhere(world: FiniteWorld) -> list[Comparison]:
    """A text encoder that sends all negatives away, of which those of covered orbits are drawn.

    With rho of 15 orbits covered it loses which of 30 rho scenes is shown, and one tilt of 1 + 1 /
    rho stands for one of 2: negatives of all orbits meet in the code, and captions of covered ones.
    """
    rho = covered_fraction(_COVERED)
    negatives = shared_negatives(world, 1)
    label = rejecting_labels(world, negatives > 0)
    lost = least_loss_by_descent(world, negatives, label).value - least_loss(world, negatives)
    predicted = float(rho * (np.log(30 * rho) + 0.5 * np.log((1 + 1 / rho) / 2)))
    return [Comparison("least L of rejecting g above all, M = 1", "~=", predicted, lost, ROUNDING)]


_COVERED = SceneConfig(coverage=(Coverage(rho=0.5, shown="hashed"),), paraphrase=0.25)
"""That of `orders` at one half."""


def converse_relations() -> FiniteWorld:
    """Two scenes in one wording each: SWAP makes the other wording of the other scene."""
    config = SceneConfig(nouns=("cat", "dog"), paraphrase=0.5)
    drawn = {"a cat left of a dog": 1.0, "a cat right of a dog": 1.0}
    return caption_world(config, drawn, [Swap()])


def composing_pays(world: FiniteWorld) -> list[Comparison]:
    """Each scene's code meets a negative as often as its caption, and pays as a blind one does."""
    negatives = shared_negatives(world, 1)
    least = least_loss(world, negatives)
    away = rejecting_labels(world, rejected(world, negatives))
    composing, rejecting = (
        least_loss_by_descent(world, negatives, label).value - least for label in (world.said, away)
    )
    half = 0.5 * float(np.log(2))
    return [
        Comparison("least L of g* above all, M = 1", "~=", half, composing, ROUNDING),
        Comparison("least L of rejecting g above all, M = 1", "~=", 0.0, rejecting, ROUNDING),
    ]


def one_wording() -> FiniteWorld:
    """One of two wordings of scene 0 is a negative of scene 1's caption, as often as that is drawn.

    No caption of scene 0 has a negative.
    """
    return FiniteWorld.from_tables(
        np.array([0.5, 0.5]),
        np.array([0, 0, 1]),
        np.array([0.5, 0.5, 1.0]),
        {"ADD": Edges(np.array([2]), np.array([0]))},
    )


def one_code_for_two_tilts(world: FiniteWorld) -> list[Comparison]:
    """Wordings that should be tilted by log 3 and 0 are both tilted by log 2."""
    negatives = shared_negatives(world, 1)
    lost = least_loss_by_descent(world, negatives, world.said).value - least_loss(world, negatives)
    predicted = 0.25 * float(np.log(2) - 0.5 * np.log(3))
    return [Comparison("least L of g* above all, M = 1", "~=", predicted, lost, ROUNDING)]


def own_only(world: FiniteWorld) -> list[Comparison]:
    """The true optimum pays nothing for negatives that only their own image sees, at any K."""
    negatives = negatives_of(world, world.operators["SWAP"], 1)
    paid = [
        separated_surcharge(world, world.said, negatives, 64, shared=shared)
        for shared in (False, True)
    ]
    return [
        Comparison("own-only, M = 1, K = 64, true optimum", "~=", 0.0, paid[0], ROUNDING),
        Comparison("shared, M = 1, K = 64, true optimum", ">", ROUNDING, paid[1]),
    ]
