"""What is asked of encoders of images: distances, scores and probes, trained and not (T14, T15)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from experiments.probes.composition import HardPairs
from experiments.probes.encoded_world import FreshPairs
from experiments.probes.paired_distance import PairedDistance, in_distribution
from experiments.probes.scene_images import SceneImages, orbits_of_scenes, told_within_orbits
from experiments.probes.score_ties import OrbitScores, tie_cost
from experiments.results.record import Measurement
from experiments.studies.shared.operator_worlds import OPERATOR_WORLDS, K
from experiments.studies.shared.probed import ProbedSeed
from experiments.vocabulary import metrics, roles
from experiments.vocabulary.negatives import DRAWN, NOVEL
from experiments.vocabulary.orbits import ALL_SCENES, IN_DISTRIBUTION, ONE_SCENE
from experiments.vocabulary.tolerances import LOSS_TOLERANCE
from proofs_check.finite.pairs import Pairs
from proofs_check.quantities.contrastive import exact_loss
from scm import named_key


def measure_vision(seed: ProbedSeed, operator: str, *, blind: bool) -> Iterator[Measurement]:
    """All that is asked of the encoders of a seed, trained and not.

    Args:
        seed: what was trained.
        operator: the name of the world's operator.
        blind: whether the optimum is that of critics that see the orbit of a caption alone.
    """
    T, key = OPERATOR_WORLDS[operator].operator, seed.key
    fresh = FreshPairs.draw(seed.world, [T], named_key(key, "pairs"))
    members = orbits_of_scenes(fresh.world, T)
    law = Pairs.of(fresh.table, fresh.table.orbit if blind else None)
    for role, encoders in seed.encoders():
        encoded = fresh.encode(encoders)
        images = SceneImages.draw(encoded, named_key(key, "images of all scenes"))
        edges = fresh.table.operators[operator]
        hard = HardPairs.draw(encoded, edges, named_key(key, "negatives"))
        of_t14 = partial(Measurement, seed=seed.seed, claim="T14")
        yield from _distances(hard, images, role, of_t14)
        scores = OrbitScores.of(images, members)
        found = partial(Measurement, seed=seed.seed, claim="T15")
        for orbits, chosen in ((ALL_SCENES, scores.covered), (ONE_SCENE, ~scores.covered)):
            if chosen.any():
                some, labels = scores.where(chosen), {"orbits": orbits}
                yield found(metrics.SCORE_GAP, some.gap(), role, labels)
                yield found(metrics.DIRECTED_EXCHANGE, some.told(), role, labels)
        told = told_within_orbits(encoded, members, named_key(key, "scenes told"))
        yield found(metrics.TIE_COST, tie_cost(images, members, K), role)
        yield found(metrics.FRESH_LOSS, encoded.loss(seed.config.objective, K), role)
        yield found(metrics.SCENE_TOLD, told, role)
        if role == roles.MEASURED:
            yield found(metrics.FRESH_LOSS, exact_loss(law, K), roles.PREDICTED)
            yield found(metrics.SCENE_TOLD, 1 / members.shape[1], roles.CHANCE)
            rho = fresh.world.realised_coverage(T)
            if members.shape[1] == 2 and rho > 0:
                labels = {"orbits": ALL_SCENES}
                yield found(metrics.SCORE_GAP, costly_gap(rho), roles.BOUND, labels)


def costly_gap(rho: float) -> float:
    r"""The gap g of scores of two scenes that costs `LOSS_TOLERANCE` for large K, in nats.

    rho log cosh(g / 2) / 2 = `LOSS_TOLERANCE`, rho the fraction of orbits covered, above 0.
    """
    return 2.0 * float(np.arccosh(np.exp(2.0 * LOSS_TOLERANCE / rho)))


def _distances(
    hard: HardPairs, images: SceneImages, role: str, found: Callable[..., Measurement]
) -> Iterator[Measurement]:
    distance, gap = in_distribution(hard.encoded)
    yield found(metrics.PAIRED_DISTANCE, distance, role, {"pairs": IN_DISTRIBUTION})
    yield found(metrics.CENTROID_GAP, gap, role, {"pairs": IN_DISTRIBUTION})
    for pairs, chosen in ((NOVEL, hard.novel), (DRAWN, ~hard.novel)):
        if not chosen.any():
            continue
        labels = {"pairs": pairs}
        of = PairedDistance.of(hard.where(chosen), images)
        yield found(metrics.PAIRED_DISTANCE, of.measured, role, labels)
        yield found(metrics.CENTROID_GAP, of.centroid_gap, role, labels)
        if role == roles.MEASURED:
            yield found(metrics.PAIRED_DISTANCE, of.predicted, roles.PREDICTED, labels)
            yield found(metrics.PAIRED_DISTANCE, of.tolerance, roles.TOLERANCE, labels)
