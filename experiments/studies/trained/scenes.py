"""T5, finite: which concepts of a scene contrastive encoders identify from pixels and captions.

Command: ``tokenscm reproduce --only T5``. Two coloured objects of six shapes side by side or one
above the other, 24 x 24 pixels, captions from either viewpoint. Expect every concept at an accuracy
of 0.99 or so from either embedding, after a minute of training.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import numpy as np
from jaxtyping import Array, Float, Shaped

from experiments.encoders import (
    BagOfWordsConfig,
    PatchTransformerConfig,
    TextTransformerConfig,
)
from experiments.objectives import InfoNCE
from experiments.probes.embedding import embed, shuffled
from experiments.probes.identifiability import block_r2
from experiments.probes.kernel_ridge import kernel_ridge_accuracy
from experiments.probes.one_hot import one_hot
from experiments.probes.sample import split
from experiments.results.record import Measurement
from experiments.studies.shared.block_study import ProbingStudy
from experiments.studies.shared.blocks import probe_batch, r2
from experiments.studies.shared.judge import EXCESS, Judge
from experiments.studies.shared.probed import ProbedSeed
from experiments.studies.shared.study import STUDIES, Preset, Setting
from experiments.training.config import TrainingConfig
from experiments.training.optimizer import OptimizerConfig
from experiments.training.run import Run
from experiments.vocabulary import metrics, roles
from experiments.vocabulary.encoders import IMAGE, TEXT
from proofs_check import Verdict
from scm import COLOURS, SHAPES, PixelImagesConfig, SceneConfig, named_key, scene_config_within

Points = Array | np.ndarray

BOUND = 0.97
"""Least accuracy of a concept that counts as identified. A probe of the true scene reaches 1; a
trained encoder takes some of the noisiest images for others: how many is chosen."""

SPREAD = 0.02
"""How far an accuracy on 4,096 fresh points may lie above the best there is: 2.5 standard
deviations of at most 1/2 / sqrt(4096), the 0.05 / 8 quantile of a normal, for eight comparisons."""

WORLD = SceneConfig(
    nouns=tuple(SHAPES)[:6],
    attributes=(tuple(COLOURS)[:4],),
    relations=("horizontal", "vertical"),
    paraphrase=0.5,
    definite=0.5,
    images=PixelImagesConfig(resolution=24),
)
"""960 equiprobable scenes, in which no concept is guessed right more than half the time."""

RECIPE = TrainingConfig(
    world=WORLD,
    image_encoder=PatchTransformerConfig(patch=8, width=64, depth=1),
    text_encoder=TextTransformerConfig(
        vocabulary=len(WORLD.grammar.lexicon.words), width=64, depth=2
    ),
    embedding_size=24,
    objective=InfoNCE(similarity="cosine", temperature=0.05, learn_temperature=True),
    optimizer=OptimizerConfig(learning_rate=0.02),
    batch_size=256,
    steps=1000,
)

NUISANCES = {IMAGE: ("z_dp_img", "z_pr_img"), TEXT: ("z_dp_txt",)}
"""The blocks of each side that are not content; that of the text is the choice of words."""

ORDER_BLIND = "words without order"

LEAST = "concept told least"
"""The target whose accuracy is the least of all concepts. An untrained reader of words tells some
concepts, and misses `BOUND` in others."""


class SceneStudy(ProbingStudy):
    """See the module."""

    name = "scenes"
    version = 2
    claims = ("T5",)
    title = "Which concepts of a scene do contrastive encoders of pixels and captions identify?"

    def settings(self, preset: Preset) -> Sequence[Setting]:
        """Transformers, and a bag of words that cannot tell who is where; three seeds or one."""
        seeds = (0, 1, 2) if preset == "full" else (0,)
        words = BagOfWordsConfig(len(WORLD.grammar.lexicon.words))
        blind = dataclasses.replace(RECIPE, text_encoder=words, steps=RECIPE.steps // 4)
        return [
            Setting("scenes", Run(RECIPE, seeds), {"kind": "claim"}),
            Setting(ORDER_BLIND, Run(blind, seeds), {"kind": "control"}),
        ]

    def base(self) -> Setting:
        """Transformers, seed 0."""
        return Setting("scenes", Run(RECIPE, (0,)), {"kind": "claim"})

    def measure(self, setting: Setting, seeds: Sequence[ProbedSeed]) -> Iterator[Measurement]:
        """Accuracy of every concept and R^2 of nuisances, with chance, baseline and ceiling."""
        del setting
        for seed in seeds:
            yield from measure_scenes(seed)

    def verdicts_of(self, judge: Judge) -> Iterator[Verdict]:
        """T5 for the concept that is told least, and what no bag of words can tell."""
        space = WORLD.grammar.space
        if judge.setting == ORDER_BLIND:
            # A bag holds both nouns and both colours, and says not whose they are: the best guess
            # is right half the time, and always where the two are the same, at any weights.
            colours = space.attributes[0]
            for j in range(space.max_objects):
                for column, best in (
                    (space.noun(j), 1 / 2),
                    (space.attribute(j, 0), 1 / 2 + 1 / (2 * colours)),
                ):
                    pair = (TEXT, space.concept_names[column])
                    yield judge("identity", pair, "<=", best, SPREAD, metric=metrics.ACCURACY)
            return
        for side, blocks in NUISANCES.items():
            told = partial(
                judge, relation=">=", predicted=BOUND, metric=metrics.ACCURACY, chosen=True
            )
            yield told("claim", (side, LEAST))
            for name in space.concept_names:
                yield told("finding", (side, name))
            yield judge("finding", ("z_inv", side), ">=", BOUND, chosen=True)
            for block in blocks:
                yield judge.excess("finding", (side, block), "<=", EXCESS, "z_inv")


def measure_scenes(seed: ProbedSeed) -> list[Measurement]:
    """Accuracy of concepts and R^2 of nuisances from both embeddings, and R^2 of these from scenes.

    A concept that some scenes lack has absence for a class of its own. A scene that predicts
    something is the row of its classes, one-hot.
    """
    key, batch = seed.key, probe_batch(seed)
    space = scene_config_within(seed.config.world).grammar.space
    concepts, counts = space.classes(batch.latents["z_inv"]), tuple(space.class_counts)
    classes = split(concepts)
    scene = one_hot(concepts, counts)
    nuisances = {
        block: _varying(batch.latents[block]) for blocks in NUISANCES.values() for block in blocks
    }
    found: list[Measurement] = []

    def measure_accuracy(role: str, predictor: str, points: Points) -> None:
        told = kernel_ridge_accuracy(split(points), classes, counts)
        scores = dict(zip(space.concept_names, told.tolist(), strict=True))
        for name, score in (scores | {LEAST: min(scores.values())}).items():
            labels = {"predictor": predictor, "target": name, "probe": "kernel"}
            found.append(Measurement(metrics.ACCURACY, score, role, labels, seed.seed))

    def measure_r2(role: str, predictor: str, points: Points, blocks: Mapping[str, Points]) -> None:
        scores = block_r2(points, blocks, named_key(key, f"{role} {predictor}"))
        found.extend(r2(score, role, predictor, seed.seed) for score in scores)

    embeddings = embed(seed.trained, batch)
    fresh = embed(seed.untrained, batch)
    for side, embedding in embeddings.items():
        mixed = shuffled(embedding, named_key(key, f"shuffle {side}"))
        measure_accuracy(roles.MEASURED, side, embedding)
        measure_accuracy(roles.BASELINE, side, fresh[side])
        measure_accuracy(roles.CHANCE, side, mixed)
        own = {block: nuisances[block] for block in NUISANCES[side]}
        measure_r2(roles.MEASURED, side, embedding, own)
        measure_r2(roles.BASELINE, side, fresh[side], own)
        measure_r2(roles.CHANCE, side, mixed, own)
    measure_accuracy(roles.CEILING, "z_inv", scene)
    measure_r2(roles.CEILING, "z_inv", scene, nuisances)
    measure_r2(roles.MEASURED, "z_inv", scene, embeddings)
    return found


def _varying(block: Shaped[Array, "n _"]) -> Float[np.ndarray, "n _"]:
    """The columns that vary, as numbers: choices of words that a world never makes tell nothing."""
    own = np.asarray(block)
    return own[:, np.ptp(own, axis=0) > 0].astype(np.float32)


STUDIES.register(SceneStudy.name, SceneStudy())
