"""What is measured after training with hard negatives, and what T13 predicts of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import jax
import numpy as np
from jaxtyping import Array, Int, Key

from experiments.objectives import HardNegativeInfoNCE, InfoNCE
from experiments.probes.composition import HardPairs, some_hard_negatives
from experiments.probes.encoded_world import EncodedWorld
from experiments.results.record import Row
from experiments.studies.shared.operator_worlds import AWARE, OPERATOR_WORLDS, K
from experiments.studies.shared.study import Setting, Study
from experiments.studies.trained.hard_negative_worlds import NONE, OPERATORS, objective
from experiments.training.config import TrainingConfig
from experiments.training.run import FinishedRun
from proofs_check import FiniteWorld
from proofs_check.finite.negatives import negatives_of
from proofs_check.quantities.contrastive import separated_loss
from proofs_check.quantities.iterated import iterated, reached
from proofs_check.quantities.surcharge import (
    CaptionCodes,
    blind_own_surcharge,
    blind_shared_surcharge,
    caption_law,
    finest_blind_code,
    separated_surcharge,
    transfer_excess,
)
from scm import HardNegativesConfig, WorldConfig, named_key, nested
from scm.operators.orbits import Edges, orbits

COUNTS = (1, 3)
"""M of the surcharges. SWAP makes one hard negative of a caption; more of them repeat it."""

MAX_DEPTH = 3
"""The deepest hard negatives asked about."""

_PLAIN = InfoNCE("cosine", temperature=0.05, learn_temperature=True)

Measurements = Iterator[tuple[str, float, dict[str, Any]]]
"""Metric, value and labels."""


def transfer_rows(study: Study, setting: Setting, finished: FinishedRun) -> Iterator[Row]:
    """Scores on hard negatives of each operator and of each exact depth, and costs of blindness."""
    for role, seed, encoders in finished.encoders():
        key = named_key(jax.random.key(seed), "probe")
        operators = list(OPERATORS.values())
        world = finished.run.config.build_world(seed)
        encoded = EncodedWorld.create(world, encoders, operators, named_key(key, "pairs"))
        for metric, value, labels in _scores(encoded, key):
            claim = "T12" if labels["tested"].startswith("depth ") else "T13"
            labels = labels | {"role": role}
            yield setting.row(study, seed, metric, value, labels, claim=claim)
        if role == "measured":
            for tested, value in _blindness_costs(encoded.table, finished.run.config):
                labels = {"tested": tested, "role": "predicted"}
                yield setting.row(study, seed, "cost of blindness", value, labels)


def _scores(encoded: EncodedWorld, key: Key[Array, ""]) -> Measurements:
    table = encoded.table
    asked = dict(table.operators)
    words = reached(table, np.arange(table.captions))
    for depth in range(1, MAX_DEPTH + 1):
        here = words.depth == depth
        asked[f"depth {depth}"] = Edges(words.start[here], words.caption[here])
    for tested, edges in asked.items():
        pairs = HardPairs.draw(encoded, edges, named_key(key, tested))
        measures = pairs.measure() | {"novel": float(pairs.novel.mean())}
        for metric, value in measures.items():
            yield metric, value, {"tested": tested}


def _blindness_costs(table: FiniteWorld, config: TrainingConfig) -> Iterator[tuple[str, float]]:
    """By T13, what it costs to be blind to each operator after training on own-only negatives."""
    if isinstance(config.objective, HardNegativeInfoNCE) and config.objective.shared:
        return
    for tested in OPERATORS:
        label = orbits(table.captions, [table.operators[tested]])
        yield tested, transfer_excess(table, _trained_on(table, config.world), label, K)


def _trained_on(table: FiniteWorld, world: WorldConfig) -> Int[np.ndarray, "captions M"]:
    """All hard negatives that the training may draw, of each caption."""
    for within in nested(world):
        if isinstance(within, HardNegativesConfig):
            family = {
                operator.name: table.operators[operator.name] for operator in within.operators
            }
            words = iterated(replace(table, operators=family), within.depth)
            return negatives_of(table, words.operators[f"WORDS {within.depth}"])
    return np.empty((table.captions, 0), int)


def surcharge_rows(study: Study, setting: Setting, finished: FinishedRun) -> Iterator[Row]:
    """Losses on fresh draws with hard negatives and without, measured and predicted."""
    for role, seed, encoders in finished.encoders():
        key = named_key(jax.random.key(seed), "probe")
        operator = OPERATOR_WORLDS["SWAP"].operator
        world = finished.run.config.build_world(seed)
        encoded = EncodedWorld.create(world, encoders, [operator], named_key(key, "pairs"))
        edges = encoded.table.operators[operator.name]
        for metric, value, labels in _surcharges(encoded, edges, named_key(key, "negatives")):
            yield setting.row(study, seed, metric, value, labels | {"role": role})
        if role == "measured":
            aware = setting.parameters["encoder"] == AWARE
            for metric, value, labels in _predicted(encoded.table, edges, aware=aware):
                yield setting.row(study, seed, metric, value, labels | {"role": "predicted"})


def _surcharges(encoded: EncodedWorld, edges: Edges, key: Key[Array, ""]) -> Measurements:
    bare = encoded.loss(_PLAIN, K)
    yield "fresh loss", bare, {"negatives": NONE, "M": 0}
    for M in COUNTS:
        negatives = some_hard_negatives(encoded, edges, M, named_key(key, f"M = {M}"))
        for seen in ("shared", "own-only"):
            loss = encoded.loss(objective(seen), K, negatives)
            labels = {"negatives": seen, "M": M}
            yield "fresh loss", loss, labels
            yield "surcharge", loss - bare, labels


def _predicted(table: FiniteWorld, edges: Edges, *, aware: bool) -> Measurements:
    """Of an encoder that is blind to SWAP, or of the true optimum: loss and surcharge by T13."""
    code = table.said if aware else finest_blind_code(table, table.orbit)
    classes = _classes(table, code)
    bare = separated_loss(classes, K)
    yield "fresh loss", bare, {"negatives": NONE, "M": 0}
    for M in COUNTS:
        negatives = negatives_of(table, edges, M)
        for seen in ("shared", "own-only"):
            if aware:
                paid = separated_surcharge(table, code, negatives, K, shared=seen == "shared")
            elif seen == "shared":
                paid = blind_shared_surcharge(M)
            else:
                paid = blind_own_surcharge(classes, M, K)
            labels = {"negatives": seen, "M": M}
            yield "fresh loss", bare + paid, labels
            yield "surcharge", paid, labels
        if not aware:
            cost = transfer_excess(table, negatives, table.orbit, K)
            yield "cost of blindness", cost, {"negatives": "own-only", "M": M}


def _classes(table: FiniteWorld, code: CaptionCodes) -> np.ndarray:
    """The probability of each class that a code tells apart."""
    drawn = table.support
    which = np.unique(code[drawn], return_inverse=True)[1]
    return np.bincount(which, caption_law(table)[drawn])
