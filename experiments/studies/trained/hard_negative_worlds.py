"""What is trained to see what hard negatives do: worlds where composition is hard, and small ones.

In the first, training shows a fixed set of pairs of two objects in one order each, with a colour
and a fill or without; the smaller noun is on the left. One of the four attributes is free at least,
so every caption that is drawn has a hard negative of each operator. One of SWAP says a scene that
is never drawn in training; so does one of REPLACE in 25.8 % of cases, where a new noun would stand
on the other side, and one of ADD in 37.5 %, where it fills the last free attribute. The small ones
are those of SWAP alone (`operator_worlds`), on fresh draws, where each loss comes close to its
optimum.

In a batch of 64 few words leave few classes to who is blind to an operator, so that blindness to
REPLACE or ADD costs far more than training leaves undone: an encoder has learned what they change
before a hard negative asks for it. With more words and batches of 4 or 8 it is the other way round,
as it is for what is learned from the web: blindness costs next to nothing beside what is left.

What is never drawn a loss over all critics rejects beside every image that is drawn, and it is
silent on all others: an encoder that rejects and one that composes are both optimal. What is drawn
as well it disfavours, the more so the oftener it is a negative against how often it is drawn; ADD
makes captions longer and none shorter, so that it weighs on the longer ones. (THEORY.md, T16, for
hard negatives that the batch shares and K to infinity.) So what hard negatives teach of one image
says little of the other: both halves of the text score are measured (T17).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from experiments.encoders import TextTransformerConfig
from experiments.objectives import HardNegativeInfoNCE
from experiments.studies.shared.operator_settings import setting
from experiments.studies.shared.operator_worlds import NOUNS, OPERATOR_WORLDS, K
from experiments.studies.shared.study import Setting
from experiments.training.config import TrainingConfig
from experiments.training.run import Run
from experiments.vocabulary.encoders import AWARE
from experiments.vocabulary.images import PIXELS, VECTORS, ImageKind
from experiments.vocabulary.negatives import ALL, NONE, OWN_ONLY, SHARED
from experiments.vocabulary.operators import ADD, REPLACE, SWAP
from experiments.vocabulary.parts import FEW_WORDS, MANY_WORDS, SURCHARGE, TRANSFER
from scm import (
    COLOURS,
    FILLS,
    Add,
    Coverage,
    FixedSetConfig,
    HardNegativesConfig,
    PixelImagesConfig,
    Replace,
    SceneConfig,
    Swap,
    Where,
)
from scm.operators.operator import Operator

OPERATORS: Mapping[str, Operator] = MappingProxyType(
    {SWAP: Swap("phrases"), REPLACE: Replace(), ADD: Add()}
)
"""Those asked about, by name."""

FAMILIES: Mapping[str, tuple[Operator, ...]] = MappingProxyType(
    {**{name: (operator,) for name, operator in OPERATORS.items()}, ALL: tuple(OPERATORS.values())}
)
"""What hard negatives are made by, by what it is called."""

HARD = SceneConfig(
    nouns=NOUNS[:4],
    attributes=(tuple(COLOURS)[:2], tuple(FILLS)[:1]),
    optional_attributes=True,
    coverage=(Coverage(Where(Swap("phrases"), Add()), rho=0.0),),
)
"""192 orbits of SWAP, each shown in one order."""

LARGE = dataclasses.replace(HARD, nouns=NOUNS[:6], attributes=(*HARD.attributes, ("large",)))
"""2,100 orbits of SWAP, each shown in one order; of six attributes one is free at least."""

WORLDS: Mapping[str, SceneConfig] = MappingProxyType({FEW_WORDS: HARD, MANY_WORDS: LARGE})
"""Where composition is hard, by name."""


@dataclass(frozen=True)
class Training:
    """Hard negatives of training in a world where composition is hard.

    Attributes:
        family: a name of `FAMILIES`, or `NONE`.
        seen: which of them an image sees.
        depth: length of the longest words.
        count: M, the hard negatives of a caption.
        set_size: pairs in the fixed set.
        batch: pairs in a batch.
        world: a name of `WORLDS`.
        images: of vectors or of pixels.
    """

    family: str
    seen: str = OWN_ONLY
    depth: int = 1
    count: int = 1
    set_size: int = 256
    batch: int = K
    world: str = FEW_WORDS
    images: ImageKind = VECTORS

    def setting(self, seeds: tuple[int, ...]) -> Setting:
        """The point of a study; with many words it says nothing of depths."""
        labels: dict[str, Any] = {"part": TRANSFER, **dataclasses.asdict(self)}
        name = f"{self.set_size} pairs"
        name += f", {self.world}" if self.world != FEW_WORDS else ""
        name += f", K = {self.batch}" if self.batch != K else ""
        name += f", {self.family}"
        if self.family == NONE:
            labels |= {"seen": NONE, "depth": 0, "count": 0}
        else:
            name += f", {self.seen}, depth {self.depth}, M = {self.count}"
        name += ", pixels" if self.images == PIXELS else ""
        claims = ("T13", "T12") if self.world == FEW_WORDS else ("T13",)
        return Setting(name, Run(self._config(), seeds), labels, claims)

    def _config(self) -> TrainingConfig:
        scenes = WORLDS[self.world]
        if self.images == PIXELS:
            scenes = dataclasses.replace(scenes, images=PixelImagesConfig())
        words = len(scenes.grammar.lexicon.words)
        reader = TextTransformerConfig(vocabulary=words + 1, width=32, depth=1)
        config = OPERATOR_WORLDS[SWAP].config(
            FixedSetConfig(scenes, self.set_size),
            AWARE,
            self.images,
            text_encoder=reader,
            batch_size=self.batch,
        )
        if self.family == NONE:
            return config
        return with_negatives(config, FAMILIES[self.family], self.seen, self.depth, self.count)


def with_negatives(
    config: TrainingConfig,
    operators: tuple[Operator, ...],
    seen: str,
    depth: int = 1,
    count: int = 1,
) -> TrainingConfig:
    """The same training with hard negatives.

    Args:
        config: the training.
        operators: the family that makes hard negatives.
        seen: which of them an image sees, `OWN_ONLY` or `SHARED`.
        depth: length of the longest words over the family, at least 1.
        count: M, the hard negatives of a caption, at least 1.
    """
    return dataclasses.replace(
        config,
        world=HardNegativesConfig(config.world, operators, depth, count),
        objective=objective(seen),
    )


def objective(seen: str) -> HardNegativeInfoNCE:
    """The loss with hard negatives, cosine at a temperature that is trained."""
    return HardNegativeInfoNCE("cosine", 0.05, learn_temperature=True, shared=seen == SHARED)


def small_setting(encoder: str, rho: float, seen: str, seeds: tuple[int, ...]) -> Setting:
    """Training in the small world of SWAP, with one hard negative a caption or none.

    Args:
        encoder: of texts, by its name in `operator_worlds`.
        rho: the coverage.
        seen: which hard negatives an image sees in training.
        seeds: what is trained.
    """
    bare = setting(SWAP, encoder, rho, seeds)
    labels = {"part": SURCHARGE, "encoder": encoder, "rho": rho, "seen": seen}
    config = bare.trained.config
    if seen != NONE:
        config = with_negatives(config, (OPERATOR_WORLDS[SWAP].operator,), seen)
    return Setting(f"{encoder}, rho = {rho:g}, {seen}", Run(config, seeds), labels, ("T13",))
