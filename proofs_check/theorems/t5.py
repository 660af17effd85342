"""T5: block identifiability at the level of tokens, continuous tokens."""

from __future__ import annotations

from functools import partial
from typing import Any

from proofs_check.block_identifiability import block_identified
from proofs_check.claim import Claim, Condition, Control
from proofs_check.continuous_controls import concept_is_hidden, fold_is_two_to_one
from proofs_check.darmois import Darmois
from proofs_check.fold import Fold
from proofs_check.sampled_world import SampledWorld
from proofs_check.theorems.conditions import PROPER, SEEN
from scm import TokenConfig

SEED = 7

UNMENTIONED = 0.5
"""How often the control leaves a concept out."""


SIZES: dict[str, Any] = {"n_inv": 5, "n_dp": 5, "n_pr_img": 5}
"""Block sizes of the worlds, those of T2's: drawing both compiles the same programs."""


def _world(code: type[Any] = Darmois, **settings: Any) -> SampledWorld:
    return SampledWorld(TokenConfig(**SIZES, **settings), SEED, code)


T5 = Claim(
    id="T5",
    statement="Encoders that minimise the contrastive objective recover the content block "
    "z_inv from token sequences up to a bijection, all of it and nothing else.",
    conditions="Assumption 4: tokens follow each other, each drawn from z_inv, the tokens before "
    "it and a noise of its own; the text says all of z_inv; as many outputs as content dimensions; "
    "for more than one dimension the map of content is proper.",
    source="Theorem 5 of the paper [chen2025], reconstructed.",
    requires=(
        Condition(
            "a token-level world",
            lambda world: isinstance(world, SampledWorld) and isinstance(world.config, TokenConfig),
        ),
        Condition(
            "a world whose texts mention all of z_inv",
            lambda world: world.config.unwritten == 0 or world.config.unmentioned == 0,
        ),
        SEEN,
        PROPER,
    ),
    measure=block_identified,
    worlds={
        "independent": partial(_world, causal=True),
        "gaussian": partial(_world, law="gaussian", causal=True, spread="all"),
        "dag": partial(_world, law="dag", causal=True, dependence=1.0),
    },
    controls=(
        Control("the fold: a map that is not proper", partial(_world, Fold), fold_is_two_to_one),
        Control(
            "a concept that is never mentioned",
            partial(_world, law="gaussian", unwritten=1),
            partial(concept_is_hidden, modality="text"),
        ),
        Control(
            "a concept that is mentioned in half of the texts",
            partial(_world, law="dag", unwritten=1, unmentioned=UNMENTIONED),
            partial(concept_is_hidden, modality="text", probability=UNMENTIONED),
        ),
        Control(
            "an image that loses a concept",
            partial(_world, law="gaussian", unseen=1),
            partial(concept_is_hidden, modality="image"),
        ),
    ),
)
