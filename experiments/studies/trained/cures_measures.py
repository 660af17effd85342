"""What is measured of a cure, and what T16 predicts of text-only hard negatives."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
from jaxtyping import Float

from experiments.objectives import InfoNCE, SigmoidLoss
from experiments.probes.composition import HardPairs, retrieval, text_scores
from experiments.probes.encoded_world import EncodedWorld, FreshPairs
from experiments.probes.scene_images import orbits_of_scenes
from experiments.probes.unimodal import told_alone
from experiments.results.record import Measurement
from experiments.studies.shared.faint_worlds import FAINT
from experiments.studies.shared.operator_worlds import K
from experiments.studies.shared.probed import ProbedSeed
from experiments.studies.trained.cures_points import BASE, SWAPPED
from experiments.vocabulary import metrics, roles
from experiments.vocabulary.negatives import NONE
from proofs_check import FiniteWorld, Pairs
from proofs_check.finite.negatives import shared_negatives
from proofs_check.quantities.contrastive import exact_loss
from proofs_check.quantities.sigmoid_loss import least_sigmoid_loss
from proofs_check.quantities.surcharge import caption_law
from scm import SceneConfig, World, named_key, scene_config_within

_SOFTMAX = InfoNCE("cosine", temperature=0.05, learn_temperature=True)

REJECTION = {
    metrics.FAMILIAR_IMAGE: 1.0,
    metrics.NOVEL_IMAGE: 0.0,
    metrics.TEXT_SCORE: 0.5,
    metrics.GROUP_SCORE: 0.0,
}
"""What an encoder scores that rejects captions which are never drawn, whatever the image.

T16 permits this and composition alike. Where composition is the harder of the two to learn, what is
easy is predicted."""


def measure_cure(seed: ProbedSeed, labels: dict[str, Any]) -> Iterator[Measurement]:
    """Losses without hard negatives, retrieval, scores on SWAP, and what each side tells alone.

    A pair (x, y) is asked about if y is drawn at least as often as y'; where some of the y' are
    never drawn, those alone are. So what is asked at every point is the order that is familiar.

    Args:
        seed: what was trained.
        labels: the parameters of the point.
    """
    fresh = FreshPairs.draw(_world_asked(seed), [SWAPPED], named_key(seed.key, "pairs"))
    members = orbits_of_scenes(fresh.world, SWAPPED)
    predicted = partial(Measurement, role=roles.PREDICTED, seed=seed.seed)
    yield Measurement(metrics.TRAINING_LOSS, list(seed.losses.values())[-1], seed=seed.seed)
    yield predicted(metrics.HELD_OUT_LOSS, _least_loss(seed, fresh.table))
    if labels["negatives"] != NONE and not labels["share"] and labels["salience"] == FAINT:
        for metric, value in REJECTION.items():
            yield predicted(metric, value)
    for role, encoders in seed.encoders():
        found = partial(Measurement, role=role, seed=seed.seed)
        encoded = fresh.encode(encoders)
        yield found(metrics.HELD_OUT_LOSS, encoded.loss(_loss(seed), K))
        yield found(metrics.RETRIEVAL, retrieval(encoded))
        pairs = asked(encoded, seed)
        told = told_alone(encoded, members, named_key(seed.key, "told alone"))
        for metric, value in (pairs.measure() | told).items():
            yield found(metric, value)
        if role == roles.MEASURED and labels["share"] and labels["negatives"] == NONE:
            for metric, value in tilted(pairs).items():
                yield predicted(metric, value, labels=WITH_NEGATIVES)


WITH_NEGATIVES = {"predicts": "negatives"}
"""Label of what is predicted at a point without hard negatives of training with them."""


def _world_asked(seed: ProbedSeed) -> World:
    """What was trained on; where paraphrases were drawn there, the world in which they never are.

    So an encoder that was shown paraphrases is asked about the same captions as others.
    """
    within = scene_config_within(seed.config.world)
    if isinstance(within, SceneConfig) and within.agreement:
        return seed.world
    return BASE.build_world(seed.seed)


def asked(encoded: EncodedWorld, seed: ProbedSeed) -> HardPairs:
    """The pairs that every point is asked about; see `measure_cure`.

    Args:
        encoded: what encoders make of fresh pairs.
        seed: what was trained.
    """
    table = encoded.table
    edges = table.operators[SWAPPED.name]
    pairs = HardPairs.draw(encoded, edges, named_key(seed.key, "hard pairs"))
    law = caption_law(table)
    familiar = law[pairs.caption] >= law[pairs.negative]
    return pairs.where(familiar & (pairs.novel if pairs.novel.any() else True))


def tilted(pairs: HardPairs) -> dict[str, float]:
    """Scores with T16's tilt, by which one SWAP negative a caption disfavours the rarer order.

    Encoders trained without hard negatives have learned what scores of training with them have
    beside that tilt, as far as the theory goes.

    Args:
        pairs: asked of encoders that were trained without.
    """
    encoded = pairs.encoded
    tilt = tilts(encoded.table, pairs)
    temperature = float(np.exp(encoded.encoders.log_temperature[...]))
    cosines = pairs.cosines
    cosines[:, :, 1] -= (temperature * tilt[:, None]).astype(cosines.dtype)
    return {metrics.TILT: float(tilt.mean())} | text_scores(cosines)


def tilts(table: FiniteWorld, pairs: HardPairs) -> Float[np.ndarray, " n"]:
    """log[(1 + M nu(y') / p(y')) / (1 + M nu(y) / p(y))] of each pair, by one SWAP a caption.

    Args:
        table: the law p of captions, all of these drawn, with SWAP alone as its family.
        pairs: y and y'.
    """
    law, negatives = caption_law(table), shared_negatives(table, 1)
    y, other = pairs.caption, pairs.negative
    return np.log1p(negatives[other] / law[other]) - np.log1p(negatives[y] / law[y])


def _loss(seed: ProbedSeed) -> InfoNCE | SigmoidLoss:
    """The loss of pairs alone that a training minimised, beside hard negatives or not."""
    objective = seed.config.objective
    return objective if isinstance(objective, SigmoidLoss) else _SOFTMAX


def _least_loss(seed: ProbedSeed, table: FiniteWorld) -> float:
    pairs = Pairs.of(table)
    if isinstance(seed.config.objective, SigmoidLoss):
        return least_sigmoid_loss(pairs, K)
    return exact_loss(pairs, K)
