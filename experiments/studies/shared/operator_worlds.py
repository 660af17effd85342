"""Small worlds of one operator each, and the encoders that read all of it or are blind to it.

In each, orbits of the operator are equiprobable and their scenes within them, so that with rho of
N orbits covered, V scenes in each, the price of blindness is rho log V (T10). Images are vectors,
so that an encoder trains in seconds; pixels confirm single points.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from experiments.encoders import (
    BagOfWordsConfig,
    EncoderConfig,
    HiddenWordsConfig,
    MLPConfig,
    PatchTransformerConfig,
    SortedPhrasesConfig,
    TextTransformerConfig,
)
from experiments.objectives import InfoNCE
from experiments.training.config import TrainingConfig
from experiments.training.optimizer import OptimizerConfig
from experiments.vocabulary.encoders import (
    AWARE,
    BAG,
    COLOUR_DELETED,
    COLOUR_MASKED,
    NO_POSITIONS,
    SORTED_PHRASES,
)
from experiments.vocabulary.images import PIXELS, VECTORS, ImageKind
from experiments.vocabulary.operators import ADD, REPLACE, SWAP, SWAP_OF_PHRASES
from scm import (
    COLOURS,
    SHAPES,
    Add,
    Coverage,
    PixelImagesConfig,
    Replace,
    SceneConfig,
    Swap,
    WorldConfig,
)
from scm.operators.operator import Operator

NOUNS = tuple(SHAPES)

K = 64
"""Pairs in a batch."""

IMAGE_ENCODERS: Mapping[ImageKind, EncoderConfig] = MappingProxyType(
    {
        VECTORS: MLPConfig((64, 64), "gelu"),
        PIXELS: PatchTransformerConfig(patch=6, width=32, depth=1),
    }
)

STEPS: Mapping[ImageKind, int] = MappingProxyType({VECTORS: 600, PIXELS: 1000})
"""Enough for each loss to be within 0.01 nats of its optimum where all is fresh."""


@dataclass(frozen=True)
class OperatorWorld:
    """The scenes that an operator changes, and what may be blind to it.

    Attributes:
        name: of the operator, and of the world.
        operator: the operator.
        scenes: the world with every orbit covered.
        V: scenes in an orbit.
        blind: name of the encoder that is blind to the operator, and to nothing else.
    """

    name: str
    operator: Operator
    scenes: SceneConfig
    V: int
    blind: str

    def world(self, rho: float, theta: float = 0.5, images: ImageKind = VECTORS) -> SceneConfig:
        """The world of a coverage and odds.

        Args:
            rho: fraction of orbits that are covered, in [0, 1].
            theta: probability of the first scene of a covered orbit, in (0, 1); 0.5 where orbits
                have more than two scenes.
            images: of vectors or of pixels.
        """
        coverage = (Coverage(self.operator, rho=rho, theta=theta),)
        chosen = {"images": PixelImagesConfig()} if images == PIXELS else {}
        return dataclasses.replace(self.scenes, coverage=coverage, **chosen)

    def encoder(self, name: str) -> EncoderConfig:
        """The text encoder of that name."""
        lexicon = self.scenes.grammar.lexicon
        # One token more than there are words: the sign that stands for hidden ones.
        reader = TextTransformerConfig(vocabulary=len(lexicon.words) + 1, width=32, depth=1)
        slot = tuple(int(token) for table in lexicon.attribute_tokens for token in table.flat)
        choices: dict[str, Any] = {
            AWARE: lambda: reader,
            NO_POSITIONS: lambda: dataclasses.replace(reader, positions=False),
            BAG: lambda: BagOfWordsConfig(reader.vocabulary, (64,)),
            SORTED_PHRASES: lambda: SortedPhrasesConfig(reader),
            COLOUR_MASKED: lambda: HiddenWordsConfig(slot, "mask", reader),
            COLOUR_DELETED: lambda: HiddenWordsConfig(slot, "delete", reader),
        }
        return choices[name]()

    def config(self, world: WorldConfig, text: str, images: ImageKind = VECTORS, **changes: Any):
        """How encoders are trained in this world, or in one around it.

        Args:
            world: what pairs are drawn from.
            text: the text encoder, by its name in `experiments.vocabulary.encoders`.
            images: what the image encoder sees, as the world makes them.
            **changes: settings of `TrainingConfig` that are others.
        """
        recipe = TrainingConfig(
            world=world,
            image_encoder=IMAGE_ENCODERS[images],
            text_encoder=self.encoder(text),
            embedding_size=16,
            objective=InfoNCE("cosine", temperature=0.05, learn_temperature=True),
            optimizer=OptimizerConfig(learning_rate=0.02),
            batch_size=K,
            steps=STEPS[images],
        )
        return dataclasses.replace(recipe, **changes)


OBJECT = SceneConfig(
    nouns=NOUNS[:8], attributes=(tuple(COLOURS)[:3],), min_objects=1, max_objects=1
)

OPERATOR_WORLDS: Mapping[str, OperatorWorld] = MappingProxyType(
    {
        world.name: world
        for world in (
            # 15 orbits: two nouns side by side, in either order.
            OperatorWorld(SWAP, Swap(), SceneConfig(nouns=NOUNS[:6]), 2, SORTED_PHRASES),
            # 8 orbits: a noun in one of three colours.
            OperatorWorld(REPLACE, Replace("object 0 attribute 0"), OBJECT, 3, COLOUR_MASKED),
            # 8 orbits: a noun in one of three colours, or in none.
            OperatorWorld(
                ADD,
                Add(),
                dataclasses.replace(OBJECT, optional_attributes=True),
                4,
                COLOUR_DELETED,
            ),
            # 24 orbits: two nouns of two colours. A bag of words does not see whose is which.
            OperatorWorld(
                SWAP_OF_PHRASES,
                Swap("phrases"),
                SceneConfig(nouns=NOUNS[:4], attributes=(tuple(COLOURS)[:2],)),
                2,
                SORTED_PHRASES,
            ),
        )
    }
)
"""By name."""
