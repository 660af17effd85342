"""T7 to T9 and T11: equal loss and unequal composition, in trained encoders.

Command: ``tokenscm reproduce --only T7``. Encoders that differ in what they can see of a caption
are asked to tell it from its hard negatives. Where no orbit is covered expect all losses at the
optimum of all critics, and captions retrieved equally well, though some encoders are blind and tie.
Where all orbits are covered these lose the price of blindness, and the others score 0.95 or more.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np
from jaxtyping import Int

from experiments.encoders import as_text_encoder
from experiments.probes.composition import HardPairs, retrieval
from experiments.probes.encoded_world import FreshPairs, require_fresh_batch
from experiments.results.record import Measurement, Row, by_setting, select, values
from experiments.results.statistics import less, mean
from experiments.studies.shared.operator_settings import setting
from experiments.studies.shared.operator_worlds import OPERATOR_WORLDS
from experiments.studies.shared.probed import ProbedSeed
from experiments.studies.shared.study import STUDIES, Preset, Setting, Study
from experiments.studies.shared.verdicts import trained_verdict
from experiments.vocabulary import metrics, roles
from experiments.vocabulary.encoders import AWARE, BAG, NO_POSITIONS, SORTED_PHRASES
from experiments.vocabulary.images import PIXELS
from experiments.vocabulary.negatives import ALL, DRAWN, NOVEL
from experiments.vocabulary.operators import ADD, ATOMIC, REPLACE, SWAP
from experiments.vocabulary.tolerances import LOSS_TOLERANCE
from proofs_check import FiniteWorld, Pairs, Verdict
from proofs_check.quantities.contrastive import exact_loss
from proofs_check.quantities.directions import TIE
from proofs_check.verdict import Kind
from scm import named_key

READS_ORDER = 0.95
"""Least text score that counts as reading what an operator changes. The true optimum scores 1;
training may leave a few of the noisiest images wrong: chosen."""

DELTA_TOLERANCE = 10 * TIE
"""Where all pairs tie, 1 - cos of y and y' is at most `TIE`, over captions that are 0.1 apart or
more on average."""

RETRIEVAL_TOLERANCE = 0.02
"""A rate on 8,192 fresh pairs has a standard deviation of at most 1/2 / sqrt(8192) = 0.0055; this
is 3.6 of them."""

CLAIMS: Mapping[str, str] = MappingProxyType({SWAP: "T7", REPLACE: "T8", ADD: "T9"})
"""The theorem that speaks of blindness to each operator."""

COVERED = (
    metrics.HELD_OUT_LOSS,
    metrics.LOSS_ABOVE_ALL,
    metrics.TEXT_SCORE,
    metrics.GROUP_SCORE,
)
"""What T11 speaks of where every orbit is covered: a blind encoder is not optimal, one that reads
what an operator changes scores."""

COMMON = (AWARE, NO_POSITIONS, BAG, SORTED_PHRASES)
"""Encoders that are asked about every operator, in the full preset."""


class CompositionStudy(Study):
    """See the module."""

    name = "composition"
    version = 2
    claims = (*CLAIMS.values(), "T11")
    title = "Which hard negatives do encoders of equal loss tell from the caption?"
    headlines = ("T8/REPLACE, rho = 0, transformer/group score on novel negatives",)

    def settings(self, preset: Preset) -> Sequence[Setting]:
        """Encoders by operator and coverage; in the quick preset only those that may be blind."""
        full = preset == "full"
        seeds = tuple(range(5)) if full else (0, 1)
        rhos = (0.0, 0.25, 0.5, 0.75, 1.0) if full else (0.0, 1.0)
        found = []
        for operator in ATOMIC:
            few = COMMON if operator == SWAP else (AWARE,)
            for encoder in dict.fromkeys(
                (*(COMMON if full else few), OPERATOR_WORLDS[operator].blind)
            ):
                found += [setting(operator, encoder, rho, seeds) for rho in rhos]
        pixel_seeds = seeds[:3] if full else seeds[:1]
        for encoder in (AWARE, OPERATOR_WORLDS[SWAP].blind):
            found.append(setting(SWAP, encoder, 1.0, pixel_seeds, images=PIXELS))
        return [dataclasses.replace(one, claims=_claims(one)) for one in found]

    def base(self) -> Setting:
        """SWAP with all orbits covered, by the encoder that reads everything; seed 0."""
        one = setting(SWAP, AWARE, 1.0, (0,))
        return dataclasses.replace(one, claims=_claims(one))

    def require(self, setting: Setting) -> None:
        """Losses are measured on fresh batches of the same size.

        Raises:
            ArgumentError: if a batch has more pairs than are drawn afresh.
        """
        require_fresh_batch(setting.trained.config.batch_size)

    def measure(self, setting: Setting, seeds: Sequence[ProbedSeed]) -> Iterator[Measurement]:
        """Scores on hard negatives, trained and untrained, and what blindness predicts of them."""
        for seed in seeds:
            for one in measure_composition(seed, setting.parameters):
                yield dataclasses.replace(one, claim=claim_of(setting.parameters, one.metric))

    def derive(self, rows: Sequence[Row]) -> Iterator[Row]:
        """Each loss above the optimum of all critics."""
        losses = select(rows, metric=metrics.HELD_OUT_LOSS)
        for here in by_setting(losses).values():
            measured = select(here, role=roles.MEASURED)
            optimum = select(here, role=roles.OPTIMUM)
            yield from less(measured, optimum, metric=metrics.LOSS_ABOVE_ALL)

    def verdicts(self, rows: Sequence[Row], seconds: dict[str, float]) -> list[Verdict]:
        """Losses and retrieval, and what is read that is covered; elsewhere as found.

        That blind encoders tie is so by architecture.
        """
        return [
            verdict
            for name, here in by_setting(rows).items()
            for verdict in _verdicts_of(here, seconds.get(name, 0.0))
        ]


def claim_of(parameters: Mapping[str, Any], metric: str) -> str:
    """The statement that a metric speaks to: that of the operator, or T11.

    Args:
        parameters: of the setting.
        metric: what was measured.
    """
    covered = parameters["rho"] == 1.0 and metric in COVERED
    return "T11" if covered else CLAIMS[parameters["operator"]]


def _claims(setting: Setting) -> tuple[str, ...]:
    of_operator = CLAIMS[setting.parameters["operator"]]
    return (of_operator, "T11") if setting.parameters["rho"] == 1.0 else (of_operator,)


def measure_composition(seed: ProbedSeed, parameters: Mapping[str, Any]) -> Iterator[Measurement]:
    """All that is asked about encoders.

    All of `HardPairs.measure`, over all negatives and over those that are drawn and novel apart;
    loss and retrieval. Beside what is ``measured`` stand predictions of what the encoder sees:
    ``blind``, how many negatives look to it as the caption does, the least loss and the best
    retrieval; and as ``optimum`` the least loss of all critics.

    Args:
        seed: what was trained.
        parameters: of the setting.
    """
    config, world = seed.config, OPERATOR_WORLDS[parameters["operator"]]
    found = partial(Measurement, seed=seed.seed)
    fresh = FreshPairs.draw(seed.world, [world.operator], seed.key)
    for role, encoders in seed.encoders():
        encoded = fresh.encode(encoders)
        pairs = HardPairs.draw(encoded, fresh.table.family, named_key(seed.key, "hard pairs"))
        everywhere = np.ones(len(pairs.row), bool)
        for negatives, chosen in (
            (ALL, everywhere),
            (NOVEL, pairs.novel),
            (DRAWN, ~pairs.novel),
        ):
            for metric, value in pairs.where(chosen).measure().items():
                yield found(metric, value, role, {"negatives": negatives})
        loss = encoded.loss(config.objective, config.batch_size)
        yield found(metrics.HELD_OUT_LOSS, loss, role)
        yield found(metrics.RETRIEVAL, retrieval(encoded), role)
        if role == roles.MEASURED:
            label = as_text_encoder(config.text_encoder).sees(fresh.tokens)
            unseen = float(np.mean(label[pairs.caption] == label[pairs.negative]))
            yield found(metrics.BLIND, unseen, roles.PREDICTED, {"negatives": ALL})
            yield found(metrics.RETRIEVAL, best_retrieval(fresh.table, label), roles.PREDICTED)
            for role_of, pairs_of in ((roles.PREDICTED, label), (roles.OPTIMUM, None)):
                least = exact_loss(Pairs.of(fresh.table, pairs_of), config.batch_size)
                yield found(metrics.HELD_OUT_LOSS, least, role_of)


def best_retrieval(table: FiniteWorld, label: Int[np.ndarray, " captions"]) -> float:
    """How often the right caption is retrieved by who sees labels, which share the first place.

    The share of captions of its scene among those that are drawn with the label of the caption:
    what `experiments.probes.composition.retrieval` is where captions with one label tie, and no
    others.

    Args:
        table: the exact law of the world.
        label: what is seen of each caption of W.
    """
    drawn = np.flatnonzero(table.support)
    same = label[drawn] == label[table.caption][:, None]
    right = same & (table.said[drawn] == table.scene[:, None])
    return float(table.probability @ (right.sum(axis=1) / same.sum(axis=1)))


def _verdicts_of(rows: Sequence[Row], seconds: float) -> Iterator[Verdict]:
    labels = rows[0].labels
    is_blind = mean(rows, metric=metrics.BLIND) == 1.0

    def scores(metric: str, negatives: str = ALL) -> list[float]:
        return values(rows, role=roles.MEASURED, metric=metric, negatives=negatives)

    def verdict(kind: Kind, metric: str, about: str | None = None, **compared: Any) -> Verdict:
        return trained_verdict(
            study=CompositionStudy.name,
            claim=claim_of(labels, metric),
            kind=kind,
            setting=rows[0].setting,
            metric=metric if about is None else about,
            seconds=seconds,
            **compared,
        )

    yield verdict(
        "claim",
        metrics.RETRIEVAL,
        "retrieval in distribution",
        values=values(rows, role=roles.MEASURED, metric=metrics.RETRIEVAL),
        relation="~=",
        predicted=mean(rows, role=roles.PREDICTED, metric=metrics.RETRIEVAL),
        tolerance=RETRIEVAL_TOLERANCE,
    )
    losses = select(rows, metric=metrics.HELD_OUT_LOSS)
    best, least = (mean(losses, role=role) for role in (roles.OPTIMUM, roles.PREDICTED))
    if is_blind and labels["rho"] in (0.0, 1.0):
        # Blindness is free where no orbit is covered, and costs its price where all are.
        yield verdict(
            "claim" if labels["rho"] == 0.0 else "control",
            metrics.HELD_OUT_LOSS,
            "held-out loss of a blind encoder, above the optimum of all critics",
            values=values(rows, metric=metrics.LOSS_ABOVE_ALL),
            relation="~=",
            predicted=0.0 if labels["rho"] == 0.0 else least - best,
            tolerance=LOSS_TOLERANCE,
            chosen=True,
        )
    if is_blind:
        for metric, predicted, tolerance in (
            (metrics.TEXT_TIES, 1.0, 0.0),
            (metrics.TEXT_SCORE, 0.5, 0.0),
            (metrics.GROUP_SCORE, 0.0, 0.0),
            (metrics.DELTA, 0.0, DELTA_TOLERANCE),
        ):
            yield verdict(
                "identity",
                metric,
                values=scores(metric),
                relation="~=",
                predicted=predicted,
                tolerance=tolerance,
            )
    elif labels["rho"] == 1.0:
        reads = partial(verdict, predicted=READS_ORDER, relation=">=", chosen=True)
        yield reads("claim", metrics.TEXT_SCORE, values=scores(metrics.TEXT_SCORE))
        yield reads("claim", metrics.GROUP_SCORE, values=scores(metrics.GROUP_SCORE))
        # Whoever is not blind does not tie, trained or not: that ties are counted and not assumed.
        yield verdict(
            "identity",
            metrics.TEXT_TIES,
            values=scores(metrics.TEXT_TIES),
            relation="<=",
            predicted=1.0 - READS_ORDER,
            chosen=True,
        )
    else:
        for metric in (metrics.TEXT_SCORE, metrics.NOVEL_IMAGE, metrics.GROUP_SCORE):
            yield verdict(
                "finding",
                metric,
                f"{metric} on novel negatives",
                values=scores(metric, NOVEL),
                relation=">=",
                predicted=READS_ORDER,
                chosen=True,
            )


STUDIES.register(CompositionStudy.name, CompositionStudy())
