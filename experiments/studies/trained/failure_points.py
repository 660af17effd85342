"""The points of the study of the failure: what may cause it, and what might change it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from experiments.encoders import (
    CNNConfig,
    EncoderConfig,
    MLPConfig,
    PatchTransformerConfig,
    TextTransformerConfig,
    WordsInPlacesConfig,
)
from experiments.studies.shared.faint_worlds import FAINT, WORDS, order_world, training
from experiments.studies.shared.study import Setting
from experiments.training.config import TrainingConfig
from experiments.training.optimizer import Method, OptimizerConfig
from experiments.training.run import Run
from experiments.vocabulary.encoders import (
    AWARE,
    CNN,
    DEEP,
    DEEP_PERCEPTRON,
    FINE_PATCHES,
    LINEAR,
    PATCH_TRANSFORMER,
    PERCEPTRON,
    PLACES,
)
from experiments.vocabulary.factors import FRESH
from experiments.vocabulary.images import PIXELS, VECTORS
from experiments.vocabulary.operators import ADD, REPLACE, SWAP
from scm import (
    COLOURS,
    Add,
    Coverage,
    FixedSetConfig,
    MixingConfig,
    PixelImagesConfig,
    Replace,
    SceneConfig,
    Swap,
    VectorImagesConfig,
)

ENOUGH = 2400
"""Steps in which orders are read where all of them are drawn, however faintly they show."""

PARAPHRASED = 0.3
"""The salience at which the failure is claimed where either order of mention says a scene."""

MANY = tuple(f"thing{number}" for number in range(32))

SYNONYMS = tuple((word, f"{word}2") for word in WORDS)


@dataclass(frozen=True)
class Point:
    """A point of the study.

    Attributes:
        factor: what is varied from `FAILS`.
        level: what it is there, in words.
        salience: of places in the image.
        paraphrase: probability of the reverse viewpoint.
        rho: fraction of orbits covered.
        scene: settings of the scene world that are others.
        changes: settings of the training that are others.
        encoder: name of the text encoder.
        image_encoder: name of the image encoder.
        pairs: of a fixed training set; None for fresh draws.
        operator: whose orbits are covered or not.
        drift: of pixels; None for vector images.
    """

    factor: str
    level: str
    salience: float = FAINT
    paraphrase: float = 0.0
    rho: float = 0.0
    scene: Mapping[str, Any] = field(default_factory=dict)
    changes: Mapping[str, Any] = field(default_factory=dict)
    encoder: str = AWARE
    image_encoder: str = PERCEPTRON
    pairs: int | None = None
    operator: str = SWAP
    drift: float | None = None

    @property
    def name(self) -> str:
        """Of the setting."""
        return f"{self.factor}: {self.level}"

    def scenes(self) -> SceneConfig:
        """The scene world."""
        settings = {"paraphrase": self.paraphrase, **self.scene}
        if self.drift is not None:
            return _drifting(self.drift)
        if self.operator != SWAP:
            return _coloured(self.operator, self.salience)
        return order_world(self.salience, self.rho, **settings)

    def config(self) -> TrainingConfig:
        """How encoders are trained here."""
        scenes = self.scenes()
        words = len(scenes.grammar.lexicon.words) + 1
        own: dict[str, EncoderConfig] = {
            DEEP: TextTransformerConfig(vocabulary=words, width=64, depth=2),
            PLACES: WordsInPlacesConfig(words, (64, 64)),
            LINEAR: WordsInPlacesConfig(words, ()),
        }
        changes = {**self.changes}
        if self.encoder in own:
            changes["text_encoder"] = own[self.encoder]
        if self.image_encoder != PERCEPTRON:
            changes["image_encoder"] = IMAGE_ENCODERS[self.image_encoder]
        world = scenes if self.pairs is None else FixedSetConfig(scenes, self.pairs)
        return training(scenes, world, **changes)

    def setting(self, seeds: tuple[int, ...]) -> Setting:
        """The point as a setting, with a column for each factor."""
        config = self.config()
        parameters = {
            "factor": self.factor,
            "level": self.level,
            "salience": self.salience,
            "paraphrase": self.paraphrase,
            "rho": self.rho,
            "encoder": self.encoder,
            "image_encoder": self.image_encoder,
            "operator": self.operator,
            "images": VECTORS if self.drift is None else PIXELS,
            "drift": self.drift or 0.0,
            "set_size": FRESH if self.pairs is None else self.pairs,
            "steps": config.steps,
        }
        claims = ("T17", "T18") if self.encoder == LINEAR else ("T17", "T6")
        return Setting(self.name, Run(config, seeds), parameters, claims)


IMAGE_ENCODERS: Mapping[str, EncoderConfig] = MappingProxyType(
    {
        DEEP_PERCEPTRON: MLPConfig((128, 128, 128), "gelu"),
        LINEAR: MLPConfig((), "gelu"),
        PATCH_TRANSFORMER: PatchTransformerConfig(patch=8, width=32, depth=1),
        FINE_PATCHES: PatchTransformerConfig(patch=4, width=32, depth=1),
        CNN: CNNConfig((32, 64, 64, 64)),
    }
)
"""Image encoders beside the perceptron of the base, by name."""


def _drifting(drift: float) -> SceneConfig:
    """Two discs of different colours, of which uncovered orbits of SWAP show one order."""
    return SceneConfig(
        nouns=("disc",),
        attributes=(tuple(COLOURS),),
        repeated_nouns=True,
        coverage=(Coverage(Swap("attributes"), rho=0.0, shown="hashed"),),
        images=PixelImagesConfig(resolution=32, drift=drift),
    )


def _coloured(operator: str, salience: float) -> SceneConfig:
    """Two nouns, the left one of a colour; uncovered orbits show one colour, or it or none."""
    nouns, colours = WORDS[:6], tuple(COLOURS)[:3]
    edit = {REPLACE: Replace("object 0 attribute 0"), ADD: Add(colours[0], 0)}[operator]
    words = 2 * (len(nouns) + len(colours)) + 1
    return SceneConfig(
        nouns=nouns,
        attributes=(colours,),
        optional_attributes=operator == ADD,
        coverage=(Coverage(edit, rho=0.0, shown="hashed"),),
        images=VectorImagesConfig(code_size=words, salience=salience),
    )


def _optimizer(method: Method, learning_rate: float) -> dict[str, Any]:
    return {"optimizer": OptimizerConfig(method=method, learning_rate=learning_rate)}


def _linear(scale: float, method: Method = "sgd", learning_rate: float = 0.3) -> dict[str, Any]:
    return {
        "initial_scale": scale,
        "embedding_size": 64,
        "steps": ENOUGH,
        **_optimizer(method, learning_rate),
    }


LINEARLY_MIXED = VectorImagesConfig(
    code_size=2 * len(WORDS) + 1, salience=FAINT, mixing=MixingConfig(depth=1)
)

SALIENCE = tuple(Point("salience", f"{s:g}", salience=s) for s in (1.0, 0.5, 0.3, 0.2, 0.1, 0.05))
PARAPHRASE = tuple(
    Point("paraphrase", f"{s:g}", salience=s, paraphrase=0.5) for s in (1.0, 0.5, 0.3, 0.1)
)

POINTS: tuple[Point, ...] = (
    *SALIENCE,
    *(Point("coverage", f"{rho:g}", rho=rho) for rho in (0.25, 0.5, 0.75, 1.0)),
    Point("coverage", f"1, {ENOUGH:,} steps", rho=1.0, changes={"steps": ENOUGH}),
    *PARAPHRASE,
    *(
        Point("paraphrase and coverage", f"{rho:g}", PARAPHRASED, 0.5, rho)
        for rho in (0.25, 0.5, 1.0)
    ),
    Point("words", "definite", scene={"definite": 0.5, "agreement": True}),
    Point("words", "synonyms", scene={"synonyms": SYNONYMS, "synonym": 0.5}),
    *(Point("text encoder", name, encoder=name) for name in (DEEP, PLACES)),
    Point("image encoder", DEEP_PERCEPTRON, image_encoder=DEEP_PERCEPTRON),
    Point("optimiser", "Adam", changes=_optimizer("adam", 0.003)),
    Point("optimiser", "SGD", changes={**_optimizer("sgd", 0.5), "steps": ENOUGH}),
    *(
        Point("initial scale", f"{scale:g}", changes={"initial_scale": scale})
        for scale in (0.1, 3.0)
    ),
    *(Point("embedding", f"{d}", changes={"embedding_size": d}) for d in (8, 64)),
    *(Point("batch", f"{K}", changes={"batch_size": K}) for K in (16, 512)),
    *(Point("steps", f"{steps:,}", changes={"steps": steps}) for steps in (200, ENOUGH)),
    *(Point("nouns", f"{len(nouns)}", scene={"nouns": nouns}) for nouns in (WORDS[:6], MANY)),
    *(Point("training pairs", f"{pairs:,}", pairs=pairs) for pairs in (256, 2048)),
    *(Point("operator", name, operator=name) for name in (REPLACE, ADD)),
    *(
        Point(
            "linear encoders",
            f"started at {scale:g}",
            scene={"images": LINEARLY_MIXED},
            encoder=LINEAR,
            image_encoder=LINEAR,
            changes=_linear(scale),
        )
        for scale in (0.1, 1.0)
    ),
    *(
        Point(
            "drift", f"{name}, {drift:g}", image_encoder=name, drift=drift, changes={"steps": 1500}
        )
        for name in (PATCH_TRANSFORMER, FINE_PATCHES, CNN)
        for drift in (0.0, 1.0)
    ),
)
"""The whole grid. Points of one shape follow each other where they share a compiled program."""

COMPOSES, HALF_WAY, FAILS = "salience: 1", "salience: 0.3", "salience: 0.1"
READS = f"coverage: 1, {ENOUGH:,} steps"
PARAPHRASE_FAILS, PARAPHRASE_MENDED = "paraphrase: 0.3", "paraphrase and coverage: 0.5"
DRIFT_FAILS = f"drift: {FINE_PATCHES}, 1"
DRIFT_READS = f"drift: {CNN}, 1"
"""Names of the points that claims speak of."""

LIMIT_SOUGHT = "linear encoders: started at 0.1"
"""Where T18's limit is looked for."""

QUICK = (COMPOSES, HALF_WAY, FAILS, READS, PARAPHRASE_FAILS, PARAPHRASE_MENDED, LIMIT_SOUGHT)
"""Names of the points of the quick preset."""


def with_seeds(points: tuple[Point, ...], seeds: tuple[int, ...]) -> list[Setting]:
    """Points as settings; pixels have the first three seeds alone.

    Args:
        points: which.
        seeds: what is trained at each.
    """
    return [point.setting(seeds if point.drift is None else seeds[:3]) for point in points]
