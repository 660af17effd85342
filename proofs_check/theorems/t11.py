"""T11: the converse: where coverage forces sensitivity.

Source: THEORY.md, T11.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool

from proofs_check.claim import CLAIMS, Claim, Control
from proofs_check.comparison import Comparison
from proofs_check.finite.conditions import ASSUMPTION_4
from proofs_check.finite.constructions import orbit_criterion, true_optimal_text
from proofs_check.finite.family_conditions import SCENES_MEET_IN_AN_ORBIT
from proofs_check.finite.finite_world import FiniteWorld
from proofs_check.finite.labelings import MOST_CAPTIONS, Labelings
from proofs_check.quantities.orbit_costs import cost_of_orbits
from proofs_check.theorems.pets import both_slots_replaced, white_dogs_too
from proofs_check.theorems.pseudo_optimality import (
    ROUNDING,
    constant_orbits,
    costs_of_orbits,
    pseudo_optimality,
)
from proofs_check.theorems.worlds import configured_world
from scm import Coverage, SceneConfig
from scm.operators.orbits import Edges


def _measure(world: FiniteWorld) -> list[Comparison]:
    forced = ~orbit_criterion(world)
    blind = constant_orbits(world, true_optimal_text(world))[forced]
    return [
        *_all_optima(world, forced),
        *costs_of_orbits(world, forced),
        Comparison("orbits that g* is blind on", "~=", 0.0, float(blind.sum()), identity=True),
    ]


def _all_optima(world: FiniteWorld, forced: Bool[np.ndarray, " orbits"]) -> list[Comparison]:
    """Of all text encoders of a small world: none is optimal and blind where scenes meet."""
    if world.captions > MOST_CAPTIONS:
        return []
    found = Labelings(world)
    blind = found.blind[found.optimal]
    others, free = float(np.sum(~forced)), float(blind[:, ~forced].any(axis=0).sum())
    return [
        Comparison("optima blind on a forced orbit", "~=", 0.0, float(blind[:, forced].sum())),
        Comparison("orbits where sensitivity is not forced", "~=", others, free),
    ]


def _orders(nouns: int, rho: float) -> FiniteWorld:
    words = ("disc", "square", "triangle", "ring", "cross", "diamond", "star", "heart")
    config = SceneConfig(nouns=words[:nouns], coverage=(Coverage(rho=rho),), paraphrase=0.25)
    return configured_world(config)


def _blank_images() -> FiniteWorld:
    """Two scenes in one orbit, and one image of both."""
    both = np.array([0, 1])
    return FiniteWorld(
        scenes=2,
        shown=np.zeros(1, int),
        said=both,
        image=np.zeros(2, int),
        scene=both,
        caption=both,
        probability=np.array([0.5, 0.5]),
        operators={"SWAP": Edges(both, both[::-1])},
    )


T11 = Claim(
    id="T11",
    title="Coverage forbids blindness",
    statement="No optimum is blind on an orbit that holds training captions of different scenes; "
    "elsewhere sensitivity is not forced. Coverage of captions decides, not scale.",
    conditions="A finite world of Assumption 4: z_inv = r(Y), X determines z_inv, and X and Y are "
    "independent given z_inv; some orbit holds two training captions of different scenes.",
    source="Ours.",
    requires=(
        *ASSUMPTION_4,
        SCENES_MEET_IN_AN_ORBIT,
    ),
    measure=_measure,
    worlds={
        "white cat and black dog, both slots": both_slots_replaced,
        "white dogs too": white_dogs_too,
        "3 nouns, one pair in both orders": lambda: _orders(3, 1 / 3),
        "8 nouns, half in both orders": lambda: _orders(8, 0.5),
    },
    controls=(
        Control("8 nouns, no pair in both orders", lambda: _orders(8, 0.0), pseudo_optimality),
        Control(
            "images that do not show the scene",
            _blank_images,
            lambda world: [
                Comparison(
                    "cost of the orbit", "~=", 0.0, float(cost_of_orbits(world)[0]), ROUNDING
                )
            ],
        ),
    ),
)

CLAIMS.register(T11.id, T11)
