"""T7 to T9 and T11: equal loss and unequal composition, in trained encoders.

Command: ``tokenscm reproduce --only T7``. Encoders that differ in what they can see of a caption
are asked to tell it from its hard negatives. Where no orbit is covered all have the same loss and
retrieve captions equally well. Expect a score of 1/2 by ties alone from those that are blind, and
of 0.95 or more from those that are not once all orbits are covered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

import jax
import numpy as np
from jaxtyping import Int

from experiments.encoders import DualEncoder
from experiments.probes.composition import HardPairs, retrieval
from experiments.probes.encoded_world import EncodedWorld, require_fresh_batch
from experiments.rows import Row, by_setting, mean, values
from experiments.run import FinishedRun
from experiments.studies.judge import trained_verdict
from experiments.studies.operator_worlds import ATOMIC, AWARE, BAG, OPERATOR_WORLDS, setting
from experiments.studies.study import STUDIES, Preset, Setting
from experiments.training import TrainingConfig
from proofs_check import FiniteWorld, Verdict
from proofs_check.directions import TIE
from scm import named_key

READS_ORDER = 0.95
"""Least text score that counts as reading what an operator changes. The true optimum scores 1;
training may leave a few of the noisiest images wrong."""

DELTA_TOLERANCE = 10 * TIE
"""Where all pairs tie, 1 - cos of y and y' is at most `TIE`, over captions that are 0.1 apart or
more on average."""

RETRIEVAL_TOLERANCE = 0.02
"""A rate on 8,192 fresh pairs has a standard deviation of at most 1/2 / sqrt(8192) = 0.0055; this
is 3.6 of them."""

CLAIMS: Mapping[str, str] = MappingProxyType({"SWAP": "T7", "REPLACE": "T8", "ADD": "T9"})
"""The theorem that speaks of blindness to each operator."""

COMMON = (AWARE, "no positions", BAG, "sorted phrases")
"""Encoders that are asked about every operator, in the full preset."""


class CompositionStudy:
    """See the module."""

    name: str = "composition"
    version: int = 1
    claims: tuple[str, ...] = (*CLAIMS.values(), "T11")
    figure: str = "composition"
    title: str = "Which hard negatives do encoders of equal loss tell from the caption?"

    def settings(self, preset: Preset) -> Sequence[Setting]:
        """Encoders by operator and coverage; in the quick preset only those that may be blind."""
        full = preset == "full"
        seeds = tuple(range(5)) if full else (0, 1)
        rhos = (0.0, 0.25, 0.5, 0.75, 1.0) if full else (0.0, 1.0)
        found = []
        for operator in ATOMIC:
            few = COMMON if operator == "SWAP" else (AWARE,)
            for encoder in dict.fromkeys(
                (*(COMMON if full else few), OPERATOR_WORLDS[operator].blind)
            ):
                found += [setting(operator, encoder, rho, seeds) for rho in rhos]
        pixel_seeds = seeds[:3] if full else seeds[:1]
        for encoder in (AWARE, OPERATOR_WORLDS["SWAP"].blind):
            found.append(setting("SWAP", encoder, 1.0, pixel_seeds, images="pixels"))
        return found

    def base(self) -> Setting:
        """SWAP with all orbits covered, by the encoder that reads everything; seed 0."""
        return setting("SWAP", AWARE, 1.0, (0,))

    def require(self, setting: Setting) -> None:
        """Losses are measured on fresh batches of the same size."""
        require_fresh_batch(setting.run.config.batch_size)

    def rows(self, setting: Setting, finished: FinishedRun) -> list[Row]:
        """Scores on hard negatives, trained and untrained, and what blindness predicts of them."""
        return [
            setting.row(self, seed, metric, value, labels)
            for role, seed, encoders in finished.encoders()
            for metric, value, labels in measure_composition(
                finished.run.config, seed, encoders, role, setting.parameters
            )
        ]

    def verdicts(self, rows: Sequence[Row], seconds: dict[str, float]) -> list[Verdict]:
        """Blind encoders tie, others read what is covered; what they do elsewhere is reported."""
        return [
            verdict
            for name, here in by_setting(rows).items()
            for verdict in _verdicts_of(here, seconds.get(name, 0.0))
        ]


def measure_composition(
    config: TrainingConfig,
    seed: int,
    encoders: DualEncoder,
    role: str,
    parameters: Mapping[str, Any],
) -> Iterator[tuple[str, float, dict[str, str]]]:
    """Metric, value and labels of all that is asked about encoders.

    All of `HardPairs.measure`, over all negatives and over those that are drawn and novel apart;
    loss and retrieval. Beside what is ``measured`` stand predictions: ``blind``, how many negatives
    look to the encoder as the caption does, and the best retrieval.
    """
    key = named_key(jax.random.key(seed), "probe")
    world = OPERATOR_WORLDS[parameters["operator"]]
    encoded = EncodedWorld.create(config.build_world(seed), encoders, [world.operator], key)
    pairs = HardPairs.draw(encoded, encoded.table.family, named_key(key, "hard pairs"))
    everywhere = np.ones(len(pairs.row), bool)
    for negatives, chosen in (("all", everywhere), ("novel", pairs.novel), ("drawn", ~pairs.novel)):
        labels = {"role": role, "negatives": negatives}
        for metric, value in pairs.where(chosen).measure().items():
            yield metric, value, labels
    yield "held-out loss", encoded.loss(config.objective, config.batch_size), {"role": role}
    yield "retrieval", retrieval(encoded), {"role": role}
    if role == "measured":
        label = world.seen(encoded.table, parameters["encoder"])
        unseen = label[pairs.caption] == label[pairs.negative]
        yield "blind", float(np.mean(unseen)), {"role": "predicted", "negatives": "all"}
        yield "retrieval", best_retrieval(encoded.table, label), {"role": "predicted"}


def best_retrieval(table: FiniteWorld, label: Int[np.ndarray, " captions"]) -> float:
    """How often the right caption is retrieved by who sees labels, which share the first place.

    The share of captions of its scene among those that are drawn with the label of the caption:
    what `experiments.probes.composition.retrieval` is where captions with one label tie, and no
    others.
    """
    drawn = np.flatnonzero(table.support)
    same = label[drawn] == label[table.caption][:, None]
    right = same & (table.said[drawn] == table.scene[:, None])
    return float(table.probability @ (right.sum(axis=1) / same.sum(axis=1)))


def _verdicts_of(rows: Sequence[Row], seconds: float) -> Iterator[Verdict]:
    labels, name = rows[0].labels, rows[0].setting
    claim = CLAIMS[labels["operator"]]
    is_blind = mean(rows, metric="blind") == 1.0

    def scores(metric: str, negatives: str = "all") -> list[float]:
        return values(rows, role="measured", metric=metric, negatives=negatives)

    verdict: Callable[..., Verdict] = partial(
        trained_verdict, study=CompositionStudy.name, setting=name, seconds=seconds
    )
    yield verdict(
        claim=claim,
        kind="claim",
        metric="retrieval in distribution",
        values=values(rows, role="measured", metric="retrieval"),
        relation="~=",
        predicted=mean(rows, role="predicted", metric="retrieval"),
        tolerance=RETRIEVAL_TOLERANCE,
    )
    if is_blind:
        for metric, predicted, tolerance in (
            ("text ties", 1.0, 0.0),
            ("text score", 0.5, 0.0),
            ("group score", 0.0, 0.0),
            ("delta", 0.0, DELTA_TOLERANCE),
        ):
            yield verdict(
                claim=claim,
                kind="claim",
                metric=metric,
                values=scores(metric),
                relation="~=",
                predicted=predicted,
                tolerance=tolerance,
            )
    elif labels["rho"] == 1.0:
        covered = partial(verdict, claim="T11", predicted=READS_ORDER, relation=">=")
        yield covered(kind="claim", metric="text score", values=scores("text score"))
        yield covered(kind="claim", metric="group score", values=scores("group score"))
        # The claims of blind encoders, of one that is not: they must fail.
        yield verdict(
            claim=claim,
            kind="control",
            metric="text ties",
            values=scores("text ties"),
            relation="<=",
            predicted=1.0 - READS_ORDER,
        )
    else:
        for metric in ("text score", "novel image", "group score"):
            yield verdict(
                claim=claim,
                kind="finding",
                metric=f"{metric} on novel negatives",
                values=scores(metric, "novel"),
                relation=">=",
                predicted=READS_ORDER,
            )


STUDIES.register(CompositionStudy.name, CompositionStudy())
