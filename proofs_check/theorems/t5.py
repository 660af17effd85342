"""T5: block identifiability at the level of tokens, continuous ones and words of finite worlds.

Source: THEORY.md, T5.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from proofs_check.claim import CLAIMS, Claim, Condition, Control
from proofs_check.comparison import Comparison
from proofs_check.continuous.block_identifiability import block_identified
from proofs_check.continuous.controls import concept_is_hidden, fold_is_two_to_one
from proofs_check.continuous.darmois import Darmois
from proofs_check.continuous.fold import Fold
from proofs_check.continuous.sampled_world import SampledWorld
from proofs_check.finite.conditions import ASSUMPTION_4
from proofs_check.finite.finite_world import FiniteWorld
from proofs_check.quantities.information import entropy
from proofs_check.quantities.scene_separation import (
    EQUAL,
    EveryEncoder,
    is_small,
    merged_information,
    scene_law,
    scenes_are_separated,
)
from proofs_check.theorems.conditions import PROPER, SEEN
from scm import TokenConfig

SEED = 7

UNMENTIONED = 0.5
"""How often the control leaves a concept out."""


SIZES: dict[str, Any] = {"n_inv": 5, "n_dp": 5, "n_pr_img": 5}
"""Block sizes of the worlds, those of T2's: drawing both compiles the same programs."""


def _world(code: type[Any] = Darmois, **settings: Any) -> SampledWorld:
    return SampledWorld(TokenConfig(**SIZES, **settings), SEED, code)


SCENES = np.array([0.5, 0.3, 0.2])
"""p(z_inv) of the finite worlds."""


def _words() -> FiniteWorld:
    """Three scenes, two images of the first and two captions of the second."""
    said = np.array([0, 1, 1, 2])
    shown = np.array([0, 0, 1, 2])
    image, caption = np.nonzero(shown[:, None] == said[None, :])
    share = np.array([0.6, 0.4, 1.0, 1.0])[image] * np.array([1.0, 0.3, 0.7, 1.0])[caption]
    return FiniteWorld(
        scenes=3,
        shown=shown,
        said=said,
        image=image,
        scene=said[caption],
        caption=caption,
        probability=SCENES[said[caption]] * share,
    )


def _one_caption_of_two_scenes() -> FiniteWorld:
    """The second scene and the third have one caption."""
    every = np.arange(3)
    caption = np.minimum(every, 1)
    return FiniteWorld(
        scenes=3,
        shown=every,
        said=np.arange(2),
        image=every,
        scene=every,
        caption=caption,
        probability=SCENES,
    )


def _scenes_are_merged(world: FiniteWorld) -> list[Comparison]:
    """No optimum tells the two scenes of one caption apart, and all lose what is merged."""
    every = EveryEncoder.of(world, "codes that match or not")
    separating = float(np.sum(every.optimal & every.image_separates[:, None]))
    lost = float(every.losses.min()) + entropy(scene_law(world))
    merged = merged_information(*SCENES[1:].tolist())
    return [
        Comparison("optima that separate all scenes", "~=", 0.0, separating),
        Comparison("least L_inf above -H(z_inv)", "~=", merged, lost, EQUAL),
    ]


def _measure(world: SampledWorld | FiniteWorld) -> Sequence[Comparison]:
    if isinstance(world, FiniteWorld):
        return scenes_are_separated(world)
    return block_identified(world)


def _of(kind: type[Any], condition: Condition) -> Condition:
    """A condition that worlds of another kind need not meet."""
    return Condition(
        condition.expected, lambda world: not isinstance(world, kind) or condition.holds(world)
    )


T5 = Claim(
    id="T5",
    title="Token optima identify content",
    statement="Encoders that minimise the contrastive objective recover the content block "
    "z_inv from token sequences up to a bijection, all of it and nothing else; in finite worlds "
    "they tell all scenes apart that are drawn. Checked exactly: continuous optima of this kind "
    "attain the minimum, and encoders that read style or token noise at the same entropy lose as "
    "much as a closed form says; that there are no other optima is proved, not checked. In small "
    "finite worlds all encoders are enumerated.",
    conditions="Assumption 4: tokens follow each other, each drawn from z_inv, the tokens before "
    "it and a noise of its own; the text says all of z_inv; as many outputs as content dimensions; "
    "for more than one dimension the map of content is proper. Finite worlds: z_inv = r(Y), X "
    "determines z_inv, X and Y are independent given z_inv, and few enough encoders to enumerate.",
    source="Theorem 5 of the paper [chen2025], reconstructed.",
    requires=(
        Condition(
            "a token-level world",
            lambda world: (
                isinstance(world, FiniteWorld)
                or (isinstance(world, SampledWorld) and isinstance(world.config, TokenConfig))
            ),
        ),
        *(
            _of(SampledWorld, condition)
            for condition in (
                Condition(
                    "a world whose texts mention all of z_inv",
                    lambda world: world.config.unwritten == 0 or world.config.unmentioned == 0,
                ),
                SEEN,
                PROPER,
            )
        ),
        *(_of(FiniteWorld, condition) for condition in ASSUMPTION_4),
        _of(
            FiniteWorld,
            Condition("a world of some scenes, few images and captions, none rare", is_small),
        ),
    ),
    measure=_measure,
    worlds={
        "independent": partial(_world, causal=True),
        "gaussian": partial(_world, law="gaussian", causal=True, spread="all"),
        "dag": partial(_world, law="dag", causal=True, dependence=1.0),
        "words": _words,
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
        Control("one caption of two scenes", _one_caption_of_two_scenes, _scenes_are_merged),
    ),
)

CLAIMS.register(T5.id, T5)
