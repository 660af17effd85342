"""The points of the study of selection: one factor at a time varied from a base."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from experiments.encoders import EncoderConfig, TextTransformerConfig, WordsInPlacesConfig
from experiments.studies.shared.operator_worlds import NOUNS, OPERATOR_WORLDS
from experiments.studies.shared.study import Setting
from experiments.training.config import TrainingConfig
from experiments.training.run import Run
from experiments.vocabulary.encoders import AWARE, BAG, DEEP, PLACES, SORTED_PHRASES
from experiments.vocabulary.factors import FRESH
from experiments.vocabulary.images import PIXELS, VECTORS, ImageKind
from experiments.vocabulary.operators import ATOMIC, SWAP
from scm import FixedSetConfig, WorldConfig
from scm.scenes.coverage import Shown

BASE = "no orbit covered"

FORCED = "sorted phrases, every orbit covered"
"""Where blindness is not free."""

RULES: Mapping[Shown, str] = {"structured": "by a rule", "hashed": "at random"}
"""How the scene that an uncovered orbit shows is chosen."""


@dataclass(frozen=True)
class Point:
    """A point where one factor, or none, differs from the base.

    Attributes:
        factor: what is varied.
        name: of the setting.
        operator: of the world.
        encoder: name of the text encoder.
        embedding: its outputs.
        pairs: of a fixed training set; None for fresh draws.
        shown: see `scm.Coverage`.
        nouns: how many; None for as many as the operator's world has.
        steps: of training; None for as many as its kind of images takes.
        rho: fraction of orbits covered.
        images: kind of images.
    """

    factor: str = "base"
    name: str = BASE
    operator: str = SWAP
    encoder: str = AWARE
    embedding: int = 16
    pairs: int | None = None
    shown: Shown = "structured"
    nouns: int | None = None
    steps: int | None = None
    rho: float = 0.0
    images: ImageKind = VECTORS

    def config(self) -> TrainingConfig:
        """How encoders are trained here; the base is that of other studies, which share its run."""
        base = OPERATOR_WORLDS[self.operator]
        if self.nouns is not None:
            scenes = dataclasses.replace(base.scenes, nouns=NOUNS[: self.nouns])
            base = dataclasses.replace(base, scenes=scenes)
        vocabulary = len(base.scenes.grammar.lexicon.words) + 1
        own: dict[str, EncoderConfig] = {
            DEEP: TextTransformerConfig(vocabulary=vocabulary, width=64, depth=2),
            PLACES: WordsInPlacesConfig(vocabulary, (64, 64)),
        }
        scenes = base.world(self.rho, images=self.images)
        (coverage,) = scenes.coverage
        coverage = dataclasses.replace(coverage, shown=self.shown)
        world: WorldConfig = dataclasses.replace(scenes, coverage=(coverage,))
        if self.pairs is not None:
            world = FixedSetConfig(world, self.pairs)
        changes: dict[str, Any] = {"embedding_size": self.embedding}
        if self.steps is not None:
            changes["steps"] = self.steps
        if self.encoder in own:
            changes["text_encoder"] = own[self.encoder]
        text = AWARE if self.encoder in own else self.encoder
        return base.config(world, text, self.images, **changes)

    def setting(self, seeds: tuple[int, ...]) -> Setting:
        """The point as a setting, with a column for each factor."""
        config = self.config()
        nouns = self.nouns or len(OPERATOR_WORLDS[self.operator].scenes.nouns)
        parameters = {
            "factor": self.factor,
            "operator": self.operator,
            "encoder": self.encoder,
            "embedding": self.embedding,
            "set_size": FRESH if self.pairs is None else self.pairs,
            "shown": self.shown,
            "nouns": nouns,
            "steps": config.steps,
            "rho": self.rho,
            "images": self.images,
        }
        return Setting(self.name, Run(config, seeds), parameters)


POINTS: tuple[Point, ...] = (
    Point(),
    *(Point("encoder", name, encoder=name) for name in (DEEP, PLACES, SORTED_PHRASES, BAG)),
    *(Point("embedding", f"{size} outputs", embedding=size) for size in (2, 4, 8, 32, 64)),
    *(Point("set_size", f"{pairs:,} pairs", pairs=pairs) for pairs in (64, 256, 1024, 4096)),
    *(
        Point("shown", f"{operator} {RULES[shown]}", operator=operator, shown=shown)
        for operator in ATOMIC
        for shown in RULES
        if (operator, shown) != (SWAP, "structured")
    ),
    *(Point("nouns", f"{nouns} nouns", nouns=nouns) for nouns in (4, 8, 12)),
    *(Point("steps", f"{steps:,} steps", steps=steps) for steps in (200, 2400)),
    *(Point("rho", f"rho = {rho:g}", rho=rho) for rho in (0.25, 0.5, 0.75, 1.0)),
    Point("control", FORCED, encoder=SORTED_PHRASES, rho=1.0),
    Point("images", "pixels", images=PIXELS),
)
"""The whole grid. Points of one shape follow each other where they share a compiled program."""

QUICK = (
    BASE,
    PLACES,
    SORTED_PHRASES,
    BAG,
    "4 outputs",
    "64 pairs",
    "SWAP at random",
    "REPLACE at random",
    "4 nouns",
    "200 steps",
    "rho = 0.5",
    "rho = 1",
    FORCED,
)
"""Names of the points of the quick preset: both ends of every factor."""
