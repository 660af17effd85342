"""T14 and T15: what a text encoder blind to an operator does to images.

Command: ``tokenscm reproduce --only T14 T15``. Where training draws one scene of an orbit, expect
a blind text encoder as far from the image of a hard negative as the images of the two scenes are
apart, some 1.2 for unit vectors, and 0.3 in distribution. Where it draws all scenes of an orbit,
expect the loss at its optimum, and so their images to score within 0.05 nats of each other with a
caption, against 15 with an order-aware encoder; a probe of the image embedding still tells them
apart where the image is a vector, and tells nothing where it is pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import jax
import numpy as np

from experiments.encoders import DualEncoder
from experiments.probes.composition import HardPairs
from experiments.probes.encoded_world import EncodedWorld
from experiments.probes.paired_distance import PairedDistance, in_distribution
from experiments.probes.scene_images import SceneImages, orbits_of_scenes, told_within_orbits
from experiments.probes.score_ties import OrbitScores, tie_cost
from experiments.results.record import Row, by_setting, select, values
from experiments.results.statistics import differences, less, mean
from experiments.studies.shared.operator_worlds import (
    ATOMIC,
    AWARE,
    LOSS_TOLERANCE,
    OPERATOR_WORLDS,
    SAMPLING_ERROR,
    K,
    setting,
)
from experiments.studies.shared.study import STUDIES, Preset, Setting
from experiments.studies.shared.verdicts import trained_verdict
from experiments.training.config import TrainingConfig
from experiments.training.run import FinishedRun
from proofs_check import Verdict
from proofs_check.finite.pairs import Pairs
from proofs_check.quantities.contrastive import exact_loss
from scm import named_key, scene_config_within

CLAIMED = ("SWAP",)
"""Operators for which T14 is claimed. Encoders of few scenes leave a gap between the images and
captions of training, which InfoNCE does not close: of the 8 orbits of REPLACE and ADD it is as wide
as the images of their scenes are apart, and the triangle inequality says little."""

HALFWAY = 0.5
"""Half way between 0 and what is predicted, of distances and of gaps of scores: what is below is
nearer to 0. Chosen, for the theory says how they compare in the limit alone."""

GUESS = 0.02
"""How far the accuracy of a probe that tells nothing may lie from chance: 2.5 standard deviations
of at most 1/2 / sqrt(4096)."""

ONE_SCENE, ALL_SCENES = "uncovered", "covered"
"""Orbits of which training draws one scene, and those of which it draws all."""

ClaimMeasurement = dict[str, Any]
"""A measurement: ``claim``, ``metric``, ``value`` and its labels."""


class VisionStudy:
    """See the module."""

    name: str = "vision"
    version: int = 2
    claims: tuple[str, ...] = ("T14", "T15")
    figure: str = "vision"
    title: str = "What does a text encoder blind to an operator do to image embeddings?"

    def settings(self, preset: Preset) -> Sequence[Setting]:
        """Each operator with a blind and an order-aware text encoder, by coverage."""
        full = preset == "full"
        seeds = (0, 1, 2, 3, 4) if full else (0, 1)
        found = []
        for name in ATOMIC:
            world = OPERATOR_WORLDS[name]
            quick = (0.0, 0.5, 1.0) if name == "SWAP" else (0.0, 1.0)
            rhos = (0.0, 0.25, 0.5, 0.75, 1.0) if full else quick
            found += [setting(name, text, r, seeds) for text in (AWARE, world.blind) for r in rhos]
        if full:
            texts = (AWARE, OPERATOR_WORLDS["SWAP"].blind)
            found += [
                setting("SWAP", text, rho, seeds, images="pixels")
                for text in texts
                for rho in (0.0, 1.0)
            ]
        return found

    def base(self) -> Setting:
        """The blind encoder where both orders of all pairs are drawn, seed 0."""
        return setting("SWAP", OPERATOR_WORLDS["SWAP"].blind, 1.0, (0,))

    def require(self, setting: Setting) -> None:
        """Scenes are compared with the others of their orbit, as many in each."""
        scenes = scene_config_within(setting.run.config.world)
        orbits_of_scenes(scenes, OPERATOR_WORLDS[setting.parameters["operator"]].operator)

    def rows(self, setting: Setting, finished: FinishedRun) -> list[Row]:
        """Distances, scores and probes of trained and of untrained encoders."""
        config, name = finished.run.config, setting.parameters["operator"]
        blind = setting.parameters["encoder"] != AWARE
        found: list[Row] = []
        for role, seed, encoders in finished.encoders():
            for one in measure(config, seed, encoders, name, role, blind=blind):
                claim, metric, value = (one.pop(key) for key in ("claim", "metric", "value"))
                found.append(setting.row(self, seed, metric, float(value), one, claim=claim))
        return found

    def verdicts(self, rows: Sequence[Row], seconds: dict[str, float]) -> list[Verdict]:
        """T14 on novel pairs, T15 on covered orbits; the order-aware encoder must fail at both."""
        rows = [row for row in rows if "role" in row.labels]
        aware = select(rows, encoder=AWARE, role="measured", metric="score gap", orbits=ALL_SCENES)
        return [
            verdict
            for name, here in by_setting(rows).items()
            for verdict in _verdicts(here, aware, seconds.get(name, 0.0))
        ]


def measure(
    config: TrainingConfig,
    seed: int,
    encoders: DualEncoder,
    operator: str,
    role: str,
    *,
    blind: bool,
) -> Iterator[ClaimMeasurement]:
    """All that is asked of the encoders of a seed.

    Args:
        config: what was trained.
        seed: of the world.
        encoders: trained or not.
        operator: the name of the world's operator.
        role: of what is measured: predictions, tolerances and chance stand beside ``measured``.
        blind: whether the optimum is that of critics that see the orbit of a caption alone.
    """
    key = named_key(jax.random.key(seed), "probe")
    T = OPERATOR_WORLDS[operator].operator
    world = config.build_world(seed)
    encoded = EncodedWorld.create(world, encoders, [T], named_key(key, "pairs"))
    images = SceneImages.draw(encoded, named_key(key, "images of all scenes"))
    members = orbits_of_scenes(encoded.world, T)
    hard = HardPairs.draw(encoded, encoded.table.operators[operator], named_key(key, "negatives"))
    yield from _distances(hard, images, role)
    scores = OrbitScores.of(images, members)
    for orbits, chosen in ((ALL_SCENES, scores.covered), (ONE_SCENE, ~scores.covered)):
        if chosen.any():
            some, labels = scores.where(chosen), {"claim": "T15", "role": role, "orbits": orbits}
            yield {"metric": "score gap", "value": some.gap(), **labels}
            yield {"metric": "directed exchange", "value": some.told(), **labels}
    told = told_within_orbits(encoded, members, named_key(key, "scenes told"))
    law = Pairs.of(encoded.table, encoded.table.orbit if blind else None)
    for metric, by_role in {
        "tie cost": {role: tie_cost(images, members, K)},
        "fresh loss": {role: encoded.loss(config.objective, K), "predicted": exact_loss(law, K)},
        "scene told": {role: told, "chance": 1 / members.shape[1]},
    }.items():
        for of, value in by_role.items():
            if of == role or role == "measured":
                yield {"claim": "T15", "metric": metric, "role": of, "value": value}
    rho = encoded.world.realised_coverage(T)
    if role == "measured" and members.shape[1] == 2 and rho > 0:
        bound = {"role": "bound", "orbits": ALL_SCENES}
        yield {"claim": "T15", "metric": "score gap", "value": costly_gap(rho), **bound}


def costly_gap(rho: float) -> float:
    r"""The gap g of scores of two scenes that costs `LOSS_TOLERANCE` for large K, in nats.

    rho log cosh(g / 2) / 2 = `LOSS_TOLERANCE`, rho the fraction of orbits covered, above 0.
    """
    return 2.0 * float(np.arccosh(np.exp(2.0 * LOSS_TOLERANCE / rho)))


def _distances(hard: HardPairs, images: SceneImages, role: str) -> Iterator[ClaimMeasurement]:
    labels = {"claim": "T14", "metric": "paired distance"}
    gaps = {"claim": "T14", "metric": "centroid gap", "role": role}
    distance, gap = in_distribution(hard.encoded)
    yield labels | {"role": role, "pairs": "in distribution", "value": distance}
    yield gaps | {"pairs": "in distribution", "value": gap}
    for pairs, chosen in (("novel", hard.novel), ("drawn", ~hard.novel)):
        if not chosen.any():
            continue
        found = PairedDistance.of(hard.where(chosen), images)
        yield labels | {"role": role, "pairs": pairs, "value": found.measured}
        yield gaps | {"pairs": pairs, "value": found.centroid_gap}
        if role == "measured":
            yield labels | {"role": "predicted", "pairs": pairs, "value": found.predicted}
            yield labels | {"role": "tolerance", "pairs": pairs, "value": found.tolerance}


def _verdicts(rows: Sequence[Row], aware: Sequence[Row], seconds: float) -> Iterator[Verdict]:
    """Those of one setting; ``aware`` are the gaps of scores of all order-aware encoders."""
    parameters = rows[0].labels
    blind, rho = parameters["encoder"] != AWARE, parameters["rho"]
    judge = partial(
        trained_verdict, study=VisionStudy.name, setting=rows[0].setting, seconds=seconds
    )
    if blind and rho < 1:
        yield from _apart(rows, partial(judge, claim="T14"))
    elif not blind and rho == 1:
        distance = partial(select, rows, metric="paired distance", pairs="drawn")
        yield judge(
            claim="T14",
            kind="control",
            metric="paired distance of hard negatives",
            values=values(distance(role="measured")),
            relation="<=",
            predicted=mean(distance(role="predicted")) - mean(distance(role="tolerance")),
        )
    if rho > 0 and blind:
        gap = mean(aware, point=parameters["point"])
        yield from _tied(rows, HALFWAY * gap, partial(judge, claim="T15"))
    elif rho > 0:
        # Untrained encoders break ties as well: no evidence, but where ties are not forced.
        yield judge(
            claim="T15",
            kind="finding",
            metric="tie cost",
            values=values(rows, metric="tie cost", role="measured"),
            relation=">=",
            predicted=LOSS_TOLERANCE,
            chosen=True,
        )


def _apart(rows: Sequence[Row], judge: Callable[..., Verdict]) -> Iterator[Verdict]:
    """T14 of a blind encoder, on pairs that are never drawn."""
    distances = select(rows, metric="paired distance")
    novel = select(distances, role="measured", pairs="novel")
    drawn = select(distances, role="measured", pairs="in distribution")
    predicted = mean(distances, role="predicted", pairs="novel")
    # Minkowski's inequality of the very encoders: it holds whatever they have learned.
    yield judge(
        kind="identity",
        metric="paired distance of novel pairs",
        values=values(novel),
        relation="~=",
        predicted=predicted,
        tolerance=mean(distances, role="tolerance", pairs="novel"),
    )
    claimed = rows[0].labels["operator"] in CLAIMED
    apart = partial(judge, kind="claim" if claimed else "finding", predicted=HALFWAY * predicted)
    yield apart(
        metric="paired distance in distribution",
        values=values(drawn),
        relation="<=",
        chosen=True,
    )
    yield apart(
        metric="paired distance of novel pairs, less that in distribution",
        values=differences(novel, drawn),
        relation=">=",
        chosen=True,
    )
    yield judge(
        kind="finding",
        metric="centroid gap of novel pairs",
        values=values(rows, metric="centroid gap", role="measured", pairs="novel"),
        relation=">=",
        predicted=HALFWAY * predicted,
        chosen=True,
    )


def _tied(rows: Sequence[Row], bound: float, judge: Callable[..., Verdict]) -> Iterator[Verdict]:
    """T15 of a blind encoder, on orbits that are covered; ``bound`` is on the gap of scores."""
    losses = select(rows, metric="fresh loss")
    measured, predicted = (select(losses, role=role) for role in ("measured", "predicted"))
    yield judge(
        kind="claim",
        metric="fresh loss",
        values=values(measured),
        relation="~=",
        predicted=mean(predicted),
        tolerance=LOSS_TOLERANCE,
        chosen=True,
    )
    yield judge(
        kind="claim",
        metric="score gap of two scenes of a covered orbit",
        values=values(rows, metric="score gap", role="measured", orbits=ALL_SCENES),
        relation="<=",
        predicted=bound,
        chosen=True,
    )
    # Jensen's inequality of the very encoders: what ties that are broken cost is in their loss.
    yield judge(
        kind="identity",
        metric="tie cost less excess loss",
        values=differences(
            select(rows, metric="tie cost", role="measured"), less(measured, predicted)
        ),
        relation="<=",
        predicted=0.0,
        tolerance=SAMPLING_ERROR,
    )
    found = partial(judge, kind="finding", relation="<=")
    yield found(
        metric="directed exchange",
        values=values(rows, metric="directed exchange", role="measured", orbits=ALL_SCENES),
        predicted=HALFWAY,
        chosen=True,
    )
    yield found(
        metric="scene told within its orbit",
        values=values(rows, metric="scene told", role="measured"),
        predicted=mean(rows, metric="scene told", role="chance"),
        tolerance=GUESS,
    )


STUDIES.register(VisionStudy.name, VisionStudy())
