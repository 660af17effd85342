"""T7: blindness to SWAP is optimal where each pair of phrases occurs in one order only.

Source: THEORY.md, T7.
"""

from __future__ import annotations

from proofs_check.claim import CLAIMS, Claim, Control
from proofs_check.finite.caption_world import caption_world
from proofs_check.finite.conditions import ASSUMPTION_4
from proofs_check.finite.family_conditions import (
    MAKES_HARD_NEGATIVES,
    ONE_SCENE_AN_ORBIT,
    family_of,
)
from proofs_check.finite.finite_world import FiniteWorld
from proofs_check.theorems.pseudo_optimality import no_blind_optimum, pseudo_optimality
from proofs_check.theorems.worlds import configured_world, orders
from scm import Coverage, SceneConfig, Swap


def _bulb_above_grass() -> FiniteWorld:
    config = SceneConfig(nouns=("bulb", "grass", "lamp"), relations=("vertical",))
    drawn = {"a bulb above a grass": 1.0, "a lamp above a bulb": 2.0, "a lamp above a grass": 1.0}
    return caption_world(config, drawn, [Swap()])


def _orders_of_phrases() -> FiniteWorld:
    operator = Swap("phrases")
    config = SceneConfig(
        nouns=("bulb", "grass", "lamp"),
        attributes=(("red", "blue"),),
        coverage=(Coverage(operator, rho=0.0),),
        definite=0.25,
    )
    return configured_world(config)


T7 = Claim(
    id="T7",
    title="Optima may be blind to SWAP",
    statement="Where no two training captions that say different scenes are joined by SWAPs, as "
    "when each pair of phrases occurs in one order only, some encoders that minimise the "
    "contrastive objective are blind to SWAP.",
    conditions="A finite world of Assumption 4 with SWAP as its operator, which makes hard "
    "negatives of training captions; no orbit holds two training captions of different scenes.",
    source="Theorem 7 of the paper [chen2025], reconstructed.",
    requires=(
        *ASSUMPTION_4,
        *(family_of("SWAP"), MAKES_HARD_NEGATIVES, ONE_SCENE_AN_ORBIT),
    ),
    measure=pseudo_optimality,
    worlds={
        "bulb above grass": _bulb_above_grass,
        "one order of each pair": lambda: orders(0.0),
        "one order of each pair of phrases": _orders_of_phrases,
    },
    controls=(
        Control(
            "both orders of each pair",
            lambda: orders(1.0),
            no_blind_optimum,
        ),
    ),
)

CLAIMS.register(T7.id, T7)
