"""T9: blindness to ADD is optimal where an atom never occurs in a context, or always does.

Source: THEORY.md, T9.
"""

from __future__ import annotations

import dataclasses

from proofs_check.claim import CLAIMS, Claim, Control
from proofs_check.finite.caption_world import caption_world
from proofs_check.finite.conditions import ASSUMPTION_4
from proofs_check.finite.family_conditions import (
    MAKES_HARD_NEGATIVES,
    ONE_SCENE_AN_ORBIT,
    family_of,
)
from proofs_check.finite.finite_world import FiniteWorld
from proofs_check.theorems.pets import PETS
from proofs_check.theorems.pseudo_optimality import no_blind_optimum, pseudo_optimality
from proofs_check.theorems.worlds import configured_world
from scm import Add, Coverage, SceneConfig


def _always_white_or_never() -> FiniteWorld:
    config = dataclasses.replace(PETS, optional_attributes=True)
    return caption_world(config, {"a white cat": 1.0, "a dog": 2.0}, [Add("white")])


def _whiteness(rho: float) -> FiniteWorld:
    operator = Add("white", 0)
    config = SceneConfig(
        nouns=("cat", "dog", "owl"),
        attributes=(("white", "black"),),
        optional_attributes=True,
        coverage=(Coverage(operator, rho=rho),),
        paraphrase=0.25,
    )
    return configured_world(config)


def _never_a_second_object() -> FiniteWorld:
    operator = Add(object=1)
    config = SceneConfig(min_objects=1, coverage=(Coverage(operator, rho=0.0),), definite=0.25)
    return configured_world(config)


T9 = Claim(
    id="T9",
    title="Optima may be blind to ADD",
    statement="Where no two training captions that say different scenes are joined by ADDs, as "
    "when an atom never occurs in a context or always does, some encoders that minimise the "
    "contrastive objective are blind to ADD.",
    conditions="A finite world of Assumption 4 with ADD as its operator, which makes hard "
    "negatives of training captions; no orbit holds two training captions of different scenes.",
    source="Theorem 9 of the paper [chen2025], reconstructed.",
    requires=(
        *ASSUMPTION_4,
        *(family_of("ADD"), MAKES_HARD_NEGATIVES, ONE_SCENE_AN_ORBIT),
    ),
    measure=pseudo_optimality,
    worlds={
        "cats always white, dogs never": _always_white_or_never,
        "never white": lambda: _whiteness(0.0),
        "never a second object": _never_a_second_object,
    },
    controls=(
        Control(
            "white or not",
            lambda: _whiteness(1.0),
            no_blind_optimum,
        ),
    ),
)

CLAIMS.register(T9.id, T9)
