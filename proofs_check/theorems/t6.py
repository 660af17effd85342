"""T6: the orbit criterion.

Source: THEORY.md, T6.
"""

from __future__ import annotations

import jax
import numpy as np

from proofs_check.claim import CLAIMS, Claim, Control
from proofs_check.comparison import Comparison
from proofs_check.finite.conditions import ASSUMPTION_4
from proofs_check.finite.constructions import blindest_text, orbit_criterion
from proofs_check.finite.finite_world import FiniteWorld
from proofs_check.quantities.information import price
from proofs_check.theorems.pets import both_slots_replaced, colours_replaced, white_dogs_too
from proofs_check.theorems.pseudo_optimality import (
    AGAINST,
    ROUNDING,
    all_encoders,
    blind_optimum_exists,
    constant_orbits,
    costs_of_orbits,
    no_blind_optimum,
    same_optimum,
    ties,
)
from proofs_check.theorems.worlds import configured_world, image_of_the_wording
from scm import Add, Coverage, Replace, SceneConfig, Swap
from scm.operators.orbits import Edges


def _measure(world: FiniteWorld) -> list[Comparison]:
    permits = orbit_criterion(world)
    blindest = blindest_text(world)
    wrong = float(np.sum(constant_orbits(world, blindest) != permits))
    unambiguous, exists = float(permits.all()), blind_optimum_exists(world)
    return [
        *all_encoders(world),
        *costs_of_orbits(world),
        Comparison("orbits where g is blind against T6", "~=", 0.0, wrong, identity=True),
        Comparison("blind optimum exists", "~=", unambiguous, exists, identity=True),
        *same_optimum(world, blindest),
        *ties(world, blindest, permits[world.orbit]),
    ]


def _half_of_the_orders() -> FiniteWorld:
    config = SceneConfig(coverage=(Coverage(rho=0.5),), paraphrase=0.25)
    return configured_world(config)


def _three_operators() -> FiniteWorld:
    config = SceneConfig(
        nouns=("cat", "dog", "owl"),
        attributes=(("white", "black"),),
        optional_attributes=True,
        min_objects=1,
        coverage=(Coverage(Add("white", 0), rho=0.25),),
        definite=0.25,
    )
    family = [Swap("attributes"), Replace("relation"), Add("white", 0)]
    return FiniteWorld.from_captions(config.caption_table(jax.random.key(0)), family)


T6 = Claim(
    id="T6",
    title="Uncovered orbits permit blindness",
    statement="Some optimum is blind on an orbit if and only if all training captions of the orbit "
    "say one scene; a globally blind optimum exists if and only if z_inv is almost surely a "
    "function of the orbit.",
    conditions="A finite world of Assumption 4: z_inv = r(Y), X determines z_inv, and X and Y are "
    "independent given z_inv.",
    source="Ours; the criterion behind theorems 7 to 9 of the paper [chen2025].",
    requires=ASSUMPTION_4,
    measure=_measure,
    worlds={
        "white cat": colours_replaced,
        "white dogs too": white_dogs_too,
        "half of the orders": _half_of_the_orders,
        "three operators": _three_operators,
    },
    controls=(
        Control(
            "two scenes in an orbit",
            both_slots_replaced,
            no_blind_optimum,
        ),
        Control(
            "image of the wording",
            lambda: image_of_the_wording({"PARAPHRASE": Edges(np.array([0]), np.array([1]))}),
            lambda world: [
                Comparison("orbits of one scene", "~=", 1.0, float(orbit_criterion(world).sum())),
                Comparison(AGAINST, "~=", 1.0, all_encoders(world)[0].measured),
                Comparison("I(X; Y | Q)", "~=", float(np.log(2)), price(world), ROUNDING),
            ],
        ),
    ),
)

CLAIMS.register(T6.id, T6)
