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

from experiments.probes.scene_images import orbits_of_scenes
from experiments.results.record import Measurement, Row, by_setting, select, values
from experiments.results.statistics import above_optimum, less, mean
from experiments.studies.shared.operator_settings import setting
from experiments.studies.shared.operator_worlds import OPERATOR_WORLDS
from experiments.studies.shared.probed import ProbedSeed
from experiments.studies.shared.study import STUDIES, Preset, Setting, Study
from experiments.studies.shared.verdicts import trained_verdict
from experiments.studies.trained.vision_measures import measure_vision
from experiments.vocabulary import metrics, roles
from experiments.vocabulary.encoders import AWARE
from experiments.vocabulary.images import PIXELS
from experiments.vocabulary.negatives import DRAWN, NOVEL
from experiments.vocabulary.operators import ATOMIC, SWAP
from experiments.vocabulary.orbits import ALL_SCENES, IN_DISTRIBUTION
from experiments.vocabulary.tolerances import LOSS_TOLERANCE, SAMPLING_ERROR
from proofs_check import Verdict
from scm import scene_config_within

CLAIMED = (SWAP,)
"""Operators for which T14 is claimed. Encoders of few scenes leave a gap between the images and
captions of training, which InfoNCE does not close: of the 8 orbits of REPLACE and ADD it is as wide
as the images of their scenes are apart, and the triangle inequality says little."""

HALFWAY = 0.5
"""Half way between 0 and what is predicted, of distances and of gaps of scores: what is below is
nearer to 0. Chosen, for the theory says how they compare in the limit alone."""

GUESS = 0.02
"""How far the accuracy of a probe that tells nothing may lie from chance: 2.5 standard deviations
of at most 1/2 / sqrt(4096)."""


class VisionStudy(Study):
    """See the module."""

    name = "vision"
    version = 2
    claims = ("T14", "T15")
    title = "What does a text encoder blind to an operator do to image embeddings?"
    headlines = ("T15/SWAP, rho = 1, sorted phrases/scene told within its orbit",)

    def settings(self, preset: Preset) -> Sequence[Setting]:
        """Each operator with a blind and an order-aware text encoder, by coverage."""
        full = preset == "full"
        seeds = (0, 1, 2, 3, 4) if full else (0, 1)
        found = []
        for name in ATOMIC:
            world = OPERATOR_WORLDS[name]
            quick = (0.0, 0.5, 1.0) if name == SWAP else (0.0, 1.0)
            rhos = (0.0, 0.25, 0.5, 0.75, 1.0) if full else quick
            found += [setting(name, text, r, seeds) for text in (AWARE, world.blind) for r in rhos]
        if full:
            texts = (AWARE, OPERATOR_WORLDS[SWAP].blind)
            found += [
                setting(SWAP, text, rho, seeds, images=PIXELS)
                for text in texts
                for rho in (0.0, 1.0)
            ]
        return found

    def base(self) -> Setting:
        """The blind encoder where both orders of all pairs are drawn, seed 0."""
        return setting(SWAP, OPERATOR_WORLDS[SWAP].blind, 1.0, (0,))

    def require(self, setting: Setting) -> None:
        """Scenes are compared with the others of their orbit, as many in each."""
        scenes = scene_config_within(setting.trained.config.world)
        orbits_of_scenes(scenes, OPERATOR_WORLDS[setting.parameters["operator"]].operator)

    def measure(self, setting: Setting, seeds: Sequence[ProbedSeed]) -> Iterator[Measurement]:
        """Distances, scores and probes of trained and of untrained encoders."""
        blind = setting.parameters["encoder"] != AWARE
        for seed in seeds:
            yield from measure_vision(seed, setting.parameters["operator"], blind=blind)

    def derive(self, rows: Sequence[Row]) -> Iterator[Row]:
        """Distances beyond those in distribution, and ties that cost more than the loss says."""
        for here in by_setting(rows).values():
            distances = select(here, metric=metrics.PAIRED_DISTANCE, role=roles.MEASURED)
            within = select(distances, pairs=IN_DISTRIBUTION)
            yield from less(select(distances, pairs=NOVEL), within, metric=metrics.DISTANCE_BEYOND)
            excess = above_optimum(select(here, metric=metrics.FRESH_LOSS))
            yield from excess
            ties = select(here, metric=metrics.TIE_COST, role=roles.MEASURED)
            yield from less(ties, excess, metric=metrics.TIE_COST_BEYOND_LOSS)

    def verdicts(self, rows: Sequence[Row], seconds: dict[str, float]) -> list[Verdict]:
        """T14 on novel pairs, T15 on covered orbits; the order-aware encoder must fail at both."""
        aware = select(
            rows, encoder=AWARE, role=roles.MEASURED, metric=metrics.SCORE_GAP, orbits=ALL_SCENES
        )
        return [
            verdict
            for name, here in by_setting(rows).items()
            for verdict in _verdicts(here, aware, seconds.get(name, 0.0))
        ]


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
        distance = partial(select, rows, metric=metrics.PAIRED_DISTANCE, pairs=DRAWN)
        yield judge(
            claim="T14",
            kind="control",
            metric="paired distance of hard negatives",
            values=values(distance(role=roles.MEASURED)),
            relation="<=",
            predicted=mean(distance(role=roles.PREDICTED)) - mean(distance(role=roles.TOLERANCE)),
        )
    if rho > 0 and blind:
        gap = mean(aware, point=parameters["point"])
        yield from _tied(rows, HALFWAY * gap, partial(judge, claim="T15"))
    elif rho > 0:
        # Untrained encoders break ties as well: no evidence, but where ties are not forced.
        yield judge(
            claim="T15",
            kind="finding",
            metric=metrics.TIE_COST,
            values=values(rows, metric=metrics.TIE_COST, role=roles.MEASURED),
            relation=">=",
            predicted=LOSS_TOLERANCE,
            chosen=True,
        )


def _apart(rows: Sequence[Row], judge: Callable[..., Verdict]) -> Iterator[Verdict]:
    """T14 of a blind encoder, on pairs that are never drawn."""
    distances = select(rows, metric=metrics.PAIRED_DISTANCE)
    novel = select(distances, role=roles.MEASURED, pairs=NOVEL)
    drawn = select(distances, role=roles.MEASURED, pairs=IN_DISTRIBUTION)
    predicted = mean(distances, role=roles.PREDICTED, pairs=NOVEL)
    # Minkowski's inequality of the very encoders: it holds whatever they have learned.
    yield judge(
        kind="identity",
        metric="paired distance of novel pairs",
        values=values(novel),
        relation="~=",
        predicted=predicted,
        tolerance=mean(distances, role=roles.TOLERANCE, pairs=NOVEL),
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
        values=values(rows, metric=metrics.DISTANCE_BEYOND),
        relation=">=",
        chosen=True,
    )
    yield judge(
        kind="finding",
        metric="centroid gap of novel pairs",
        values=values(rows, metric=metrics.CENTROID_GAP, role=roles.MEASURED, pairs=NOVEL),
        relation=">=",
        predicted=HALFWAY * predicted,
        chosen=True,
    )


def _tied(rows: Sequence[Row], bound: float, judge: Callable[..., Verdict]) -> Iterator[Verdict]:
    """T15 of a blind encoder, on orbits that are covered; ``bound`` is on the gap of scores."""
    losses = select(rows, metric=metrics.FRESH_LOSS)
    measured, predicted = (select(losses, role=role) for role in (roles.MEASURED, roles.PREDICTED))
    yield judge(
        kind="claim",
        metric=metrics.FRESH_LOSS,
        values=values(measured),
        relation="~=",
        predicted=mean(predicted),
        tolerance=LOSS_TOLERANCE,
        chosen=True,
    )
    yield judge(
        kind="claim",
        metric="score gap of two scenes of a covered orbit",
        values=values(rows, metric=metrics.SCORE_GAP, role=roles.MEASURED, orbits=ALL_SCENES),
        relation="<=",
        predicted=bound,
        chosen=True,
    )
    # Jensen's inequality of the very encoders: what ties that are broken cost is in their loss.
    yield judge(
        kind="identity",
        metric=metrics.TIE_COST_BEYOND_LOSS,
        values=values(rows, metric=metrics.TIE_COST_BEYOND_LOSS),
        relation="<=",
        predicted=0.0,
        tolerance=SAMPLING_ERROR,
    )
    found = partial(judge, kind="finding", relation="<=")
    yield found(
        metric=metrics.DIRECTED_EXCHANGE,
        values=values(
            rows, metric=metrics.DIRECTED_EXCHANGE, role=roles.MEASURED, orbits=ALL_SCENES
        ),
        predicted=HALFWAY,
        chosen=True,
    )
    yield found(
        metric="scene told within its orbit",
        values=values(rows, metric=metrics.SCENE_TOLD, role=roles.MEASURED),
        predicted=mean(rows, metric=metrics.SCENE_TOLD, role=roles.CHANCE),
        tolerance=GUESS,
    )


STUDIES.register(VisionStudy.name, VisionStudy())
