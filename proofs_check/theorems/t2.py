"""T2: block identifiability at the level of sentences.

Source: THEORY.md, T2.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from proofs_check.claim import CLAIMS, Claim, Condition, Control
from proofs_check.continuous.block_identifiability import block_identified
from proofs_check.continuous.controls import (
    concept_is_hidden,
    fold_is_two_to_one,
    shared_style_is_content,
)
from proofs_check.continuous.darmois import Darmois
from proofs_check.continuous.fold import Fold
from proofs_check.continuous.sampled_world import SampledWorld
from proofs_check.theorems.conditions import PROPER, SEEN
from scm import SentenceConfig

SEED = 2


def _world(code: type[Any] = Darmois, **settings: Any) -> SampledWorld:
    return SampledWorld(SentenceConfig(**settings), SEED, code)


T2 = Claim(
    id="T2",
    title="Sentence optima identify content",
    statement="Encoders that minimise the contrastive objective recover the content block "
    "z_inv up to a bijection, all of it and nothing else. Checked exactly: such encoders attain "
    "the minimum, and encoders that read style at the same entropy lose as much as a closed form "
    "says; that there are no other optima is proved, not checked.",
    conditions="Assumption 1: image and text are diffeomorphisms of content, style and private "
    "blocks; styles are independent given z_inv; as many outputs as content dimensions; for more "
    "than one dimension the map of content is proper.",
    source="Theorem 2 of the paper [chen2025], reconstructed; after [daunhawer2023].",
    requires=(
        Condition(
            "a sentence-level world",
            lambda world: (
                isinstance(world, SampledWorld) and isinstance(world.config, SentenceConfig)
            ),
        ),
        Condition(
            "a world whose styles are independent given z_inv",
            lambda world: world.config.style == "conditional",
        ),
        Condition(
            "a world whose text says all of z_inv", lambda world: world.config.unwritten == 0
        ),
        SEEN,
        PROPER,
    ),
    measure=block_identified,
    worlds={
        "independent": partial(_world, causal=True),
        "gaussian": partial(_world, law="gaussian", causal=True),
        "dag": partial(_world, law="dag", causal=True),
        "one dimension": partial(_world, n_inv=1, n_dp=1, n_pr_img=1, n_pr_txt=1, causal=True),
    },
    controls=(
        Control("the fold: a map that is not proper", partial(_world, Fold), fold_is_two_to_one),
        Control(
            "style that image and text share",
            partial(_world, style="copy", style_change=0.0, causal=True),
            shared_style_is_content,
        ),
        Control(
            "a concept that is not written",
            partial(_world, law="gaussian", unwritten=1),
            partial(concept_is_hidden, modality="text"),
        ),
        Control(
            "an image that loses a concept",
            partial(_world, law="gaussian", unseen=1),
            partial(concept_is_hidden, modality="image"),
        ),
    ),
)

CLAIMS.register(T2.id, T2)
