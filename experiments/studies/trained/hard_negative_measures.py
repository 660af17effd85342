"""What is measured after training with hard negatives, and what T13 predicts of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np
from jaxtyping import Array, Int, Key

from experiments.objectives import HardNegativeInfoNCE, InfoNCE
from experiments.probes.composition import HardPairs, Measures, some_hard_negatives
from experiments.probes.encoded_world import EncodedWorld, FreshPairs
from experiments.probes.half_truths import half_truth
from experiments.results.record import Measurement
from experiments.studies.shared.operator_worlds import OPERATOR_WORLDS, K
from experiments.studies.shared.probed import ProbedSeed
from experiments.studies.trained.hard_negative_worlds import OPERATORS, objective
from experiments.training.config import TrainingConfig
from experiments.vocabulary import metrics, roles
from experiments.vocabulary.negatives import ALL, DRAWN, NONE, NOVEL, OWN_ONLY, SHARED
from experiments.vocabulary.operators import ADD, SWAP
from experiments.vocabulary.parts import WORDS
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


def measure_transfer(seed: ProbedSeed, *, deep: bool) -> Iterator[Measurement]:
    """Scores on hard negatives, what is left to learn of the pairs, and what blindness costs.

    Scores are of hard negatives of each operator, over all of them and over those that are drawn
    in training and novel apart; the loss is of pairs alone, above its optimum, at the batch size of
    training.

    Args:
        seed: what was trained.
        deep: whether to ask about hard negatives of each exact depth too.
    """
    operators = list(OPERATORS.values())
    fresh = FreshPairs.draw(seed.world, operators, named_key(seed.key, "pairs"))
    asked = [(name, 1, edges) for name, edges in fresh.table.operators.items()]
    asked += _by_depth(fresh.table) if deep else []
    for role, encoders in seed.encoders():
        found = partial(Measurement, role=role, seed=seed.seed)
        encoded = fresh.encode(encoders)
        yield found(metrics.EXCESS_LOSS, encoded.excess_loss(_PLAIN, seed.config.batch_size))
        key = named_key(seed.key, metrics.HALF_TRUTH)
        said = half_truth(encoded, fresh.table.operators[ADD], key)
        if said is not None:
            labels = {"tested": ADD, "tested_depth": 1, "negative": ALL}
            yield found(metrics.HALF_TRUTH, said, labels=labels)
        for tested, depth, edges in asked:
            claim = "T12" if tested == WORDS else "T13"
            name = f"depth {depth}" if tested == WORDS else tested
            pairs = HardPairs.draw(encoded, edges, named_key(seed.key, name))
            for negative, measures in _split(pairs):
                labels = {"tested": tested, "tested_depth": depth, "negative": negative}
                for metric, value in measures.items():
                    yield found(metric, value, labels=labels, claim=claim)
    for tested, value in _blindness_costs(fresh.table, seed.config):
        labels = {"tested": tested}
        yield Measurement(metrics.COST_OF_BLINDNESS, value, roles.PREDICTED, labels, seed.seed)


def _split(pairs: HardPairs) -> Iterator[tuple[str, Measures]]:
    """All that is asked about hard negatives, over all of them, and drawn and novel ones apart."""
    yield ALL, pairs.measure() | {metrics.NOVEL: float(pairs.novel.mean())}
    yield NOVEL, pairs.where(pairs.novel).measure()
    yield DRAWN, pairs.where(~pairs.novel).measure()


def _by_depth(table: FiniteWorld) -> list[tuple[str, int, Edges]]:
    """Words over all operators: what they are called, their depth, and the edges they draw."""
    words = reached(table, np.arange(table.captions))
    found = []
    for depth in range(1, MAX_DEPTH + 1):
        here = words.depth == depth
        found.append((WORDS, depth, Edges(words.start[here], words.caption[here])))
    return found


def _blindness_costs(table: FiniteWorld, config: TrainingConfig) -> Iterator[tuple[str, float]]:
    """By T13, what it costs to be blind to each operator after training on own-only negatives."""
    if isinstance(config.objective, HardNegativeInfoNCE) and config.objective.shared:
        return
    trained_on = _trained_on(table, config.world)
    for tested in OPERATORS:
        label = orbits(table.captions, [table.operators[tested]])
        yield tested, transfer_excess(table, trained_on, label, config.batch_size)


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


def measure_surcharge(seed: ProbedSeed, *, aware: bool) -> Iterator[Measurement]:
    """Losses on fresh draws with hard negatives and without, measured and predicted.

    Args:
        seed: what was trained.
        aware: whether the text encoder reads everything.
    """
    operator = OPERATOR_WORLDS[SWAP].operator
    fresh = FreshPairs.draw(seed.world, [operator], named_key(seed.key, "pairs"))
    edges = fresh.table.operators[operator.name]
    for role, encoders in seed.encoders():
        found = partial(Measurement, role=role, seed=seed.seed)
        key = named_key(seed.key, "negatives")
        yield from _surcharges(fresh.encode(encoders), edges, key, found)
        if role == roles.MEASURED:
            found = partial(Measurement, role=roles.PREDICTED, seed=seed.seed)
            yield from _predicted(fresh.table, edges, found, aware=aware)


def _surcharges(
    encoded: EncodedWorld, edges: Edges, key: Key[Array, ""], found: Callable[..., Measurement]
) -> Iterator[Measurement]:
    bare = encoded.loss(_PLAIN, K)
    yield found(metrics.FRESH_LOSS, bare, labels={"negatives": NONE, "M": 0})
    for M in COUNTS:
        negatives = some_hard_negatives(encoded, edges, M, named_key(key, f"M = {M}"))
        for seen in (SHARED, OWN_ONLY):
            loss = encoded.loss(objective(seen), K, negatives)
            labels = {"negatives": seen, "M": M}
            yield found(metrics.FRESH_LOSS, loss, labels=labels)
            yield found(metrics.SURCHARGE, loss - bare, labels=labels)


def _predicted(
    table: FiniteWorld, edges: Edges, found: Callable[..., Measurement], *, aware: bool
) -> Iterator[Measurement]:
    """Of an encoder that is blind to SWAP, or of the true optimum: loss and surcharge by T13."""
    code = table.said if aware else finest_blind_code(table, table.orbit)
    classes = _classes(table, code)
    bare = separated_loss(classes, K)
    yield found(metrics.FRESH_LOSS, bare, labels={"negatives": NONE, "M": 0})
    for M in COUNTS:
        negatives = negatives_of(table, edges, M)
        for seen in (SHARED, OWN_ONLY):
            if aware:
                paid = separated_surcharge(table, code, negatives, K, shared=seen == SHARED)
            elif seen == SHARED:
                paid = blind_shared_surcharge(M)
            else:
                paid = blind_own_surcharge(classes, M, K)
            labels = {"negatives": seen, "M": M}
            yield found(metrics.FRESH_LOSS, bare + paid, labels=labels)
            yield found(metrics.SURCHARGE, paid, labels=labels)
        if not aware:
            cost = transfer_excess(table, negatives, table.orbit, K)
            labels = {"negatives": OWN_ONLY, "M": M}
            yield found(metrics.COST_OF_BLINDNESS, cost, labels=labels)


def _classes(table: FiniteWorld, code: CaptionCodes) -> np.ndarray:
    """The probability of each class that a code tells apart."""
    drawn = table.support
    which = np.unique(code[drawn], return_inverse=True)[1]
    return np.bincount(which, caption_law(table)[drawn])
