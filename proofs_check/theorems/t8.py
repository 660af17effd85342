"""T8: blindness to REPLACE is optimal where the context of a slot determines its atom.

Source: THEORY.md, T8.
"""

from __future__ import annotations

import numpy as np

from proofs_check.claim import CLAIMS, Claim, Control
from proofs_check.comparison import Comparison
from proofs_check.finite.conditions import ASSUMPTION_4
from proofs_check.finite.family_conditions import (
    MAKES_HARD_NEGATIVES,
    ONE_SCENE_AN_ORBIT,
    family_of,
)
from proofs_check.finite.finite_world import FiniteWorld
from proofs_check.theorems.pets import both_slots_replaced, colours_replaced
from proofs_check.theorems.pseudo_optimality import no_blind_optimum, pseudo_optimality
from proofs_check.theorems.worlds import configured_world
from scm import Coverage, Replace, SceneConfig


def _colours(rho: float) -> FiniteWorld:
    operator = Replace("object 0 attribute 0")
    config = SceneConfig(
        nouns=("cat", "dog", "owl"),
        attributes=(("white", "black"), ("big", "small")),
        coverage=(Coverage(operator, rho=rho, shown="hashed"),),
    )
    return configured_world(config)


def _neighbours() -> FiniteWorld:
    operator = Replace("object 1 noun")
    config = SceneConfig(coverage=(Coverage(operator, rho=0.0),), definite=0.25)
    return configured_world(config)


def _novel_but_joined(world: FiniteWorld) -> list[Comparison]:
    source, target = world.operators["REPLACE"]
    seen = float(np.sum(world.support[source] & world.support[target]))
    return [
        Comparison("single replacements that are drawn", "~=", 0.0, seen),
        *no_blind_optimum(world),
    ]


T8 = Claim(
    id="T8",
    title="Optima may be blind to REPLACE",
    statement="Where no two training captions that say different scenes are joined by REPLACEs, as "
    "when the context of a slot determines its atom, some encoders that minimise the contrastive "
    "objective are blind to REPLACE.",
    conditions="A finite world of Assumption 4 with REPLACE as its operator, which makes hard "
    "negatives of training captions; no orbit holds two training captions of different scenes.",
    source="Theorem 8 of the paper [chen2025], reconstructed. That novelty of each single "
    "replacement is not enough is ours.",
    requires=(
        *ASSUMPTION_4,
        *(family_of("REPLACE"), MAKES_HARD_NEGATIVES, ONE_SCENE_AN_ORBIT),
    ),
    measure=pseudo_optimality,
    worlds={
        "cats are white": colours_replaced,
        "one colour in each context": lambda: _colours(0.0),
        "one neighbour of each noun": _neighbours,
    },
    controls=(
        Control("white cat and black dog, both slots", both_slots_replaced, _novel_but_joined),
        Control(
            "every colour in each context",
            lambda: _colours(1.0),
            no_blind_optimum,
        ),
    ),
)

CLAIMS.register(T8.id, T8)
