"""T13: hard negatives in the objective: what blindness pays, and what it need not pay.

Source: THEORY.md, T13.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import numpy as np
from jaxtyping import Float, Int

from proofs_check.claim import CLAIMS, Claim, Condition, Control
from proofs_check.comparison import Comparison, Relation
from proofs_check.finite.caption_world import caption_world
from proofs_check.finite.conditions import ASSUMPTION_4
from proofs_check.finite.constructions import orbit_criterion
from proofs_check.finite.finite_world import FiniteWorld
from proofs_check.finite.negatives import Negatives, all_batches, drawn_batches, negatives_of
from proofs_check.quantities.hard_negative_loss import (
    blind_own_surcharges,
    losses,
    losses_with_negatives,
)
from proofs_check.quantities.surcharge import (
    CaptionCodes,
    blind_own_surcharge,
    blind_shared_surcharge,
    caption_law,
    finest_blind_code,
    separated_surcharge,
    transfer_criterion,
    transfer_excess,
)
from proofs_check.theorems.pseudo_optimality import ROUNDING
from scm import Replace, SceneConfig, Swap
from scm.operators.orbits import orbits

_ENUMERATED = 1_000
"""Batches that are enumerated in little time."""


def _trainable(world: FiniteWorld) -> list[str]:
    """The operators that make a hard negative of every caption that is drawn."""
    names = []
    for name, (source, target) in world.edges:
        made = np.zeros(world.captions, bool)
        made[source[world.said[source] != world.said[target]]] = True
        if made[world.support].all():
            names.append(name)
    return names


MAKES_ALL_HARD_NEGATIVES = Condition(
    "a world with an operator that makes a hard negative of every caption that is drawn",
    lambda world: len(_trainable(world)) > 0,
)
"""There are negatives for each caption to train on."""


def _measure(world: FiniteWorld) -> list[Comparison]:
    return [*_surcharges(world, 1), *_surcharges(world, 3), *_transfers(world)]


def _surcharges(world: FiniteWorld, M: int) -> list[Comparison]:
    """What a blind encoder and the true optimum pay for M negatives of the first operator."""
    name = _trainable(world)[0]
    negatives = negatives_of(world, world.operators[name], M)
    label = _label(world, name)
    K = _size(world)
    blind, true = finest_blind_code(world, label), world.said
    classes = np.bincount(blind[world.caption], world.probability)
    shared, own, own_predicted = _any_blind_encoder(world, label, negatives)
    at_any_weights: list[tuple[str, tuple[Relation, float, float]]] = [
        ("shared", ("~=", blind_shared_surcharge(M), shared)),
        ("own-only", ("~=", own_predicted, own)),
        ("own-only less shared", ("<=", 0.0, own - shared)),
    ]
    return [
        *(
            Comparison(f"{metric}, M = {M}, any blind", *numbers, ROUNDING, identity=True)
            for metric, numbers in at_any_weights
        ),
        Comparison(
            f"own-only, M = {M}, K = {K}, blind classes",
            "~=",
            blind_own_surcharge(classes, M, K),
            _enumerated(world, blind, K, negatives, shared=False),
            ROUNDING,
        ),
        Comparison(
            f"shared, M = {M}, K = {K}, true optimum",
            "~=",
            separated_surcharge(world, true, negatives, K, shared=True),
            _enumerated(world, true, K, negatives, shared=True),
            ROUNDING,
        ),
        Comparison(
            f"own-only, M = {M}, K = {K}, true optimum",
            "~=",
            0.0,
            _enumerated(world, true, K, negatives, shared=False),
            ROUNDING,
        ),
    ]


def _transfers(world: FiniteWorld) -> list[Comparison]:
    """What blindness to each operator costs after training on own-only negatives of each."""
    K = _size(world)
    comparisons, misjudged = [], 0
    for trained in _trainable(world):
        negatives = negatives_of(world, world.operators[trained])
        for name in world.operators:
            label = _label(world, name)
            weight, excess = _enumerated_excesses(world, label, negatives, K)
            predicted = transfer_excess(world, negatives, label, K)
            free = transfer_criterion(world, negatives, label)
            # Of any batch, however rare: a loss of codes is a mean of K logarithms of integers.
            misjudged += free != bool(excess.max() <= ROUNDING)
            comparisons.append(
                Comparison(
                    f"cost of blindness to {name} after {trained}, K = {K}",
                    "~=",
                    predicted,
                    float(weight @ excess),
                    ROUNDING,
                )
            )
    return [
        *comparisons,
        Comparison("costs that the criterion misjudges", "~=", 0.0, float(misjudged)),
    ]


def _label(world: FiniteWorld, name: str) -> Int[np.ndarray, " captions"]:
    return orbits(world.captions, [world.operators[name]])


def _size(world: FiniteWorld) -> int:
    """The largest K, at least 2 and at most 4, whose batches of captions can be enumerated."""
    captions = int(world.support.sum())
    return max([K for K in (3, 4) if captions**K <= _ENUMERATED], default=2)


def _any_blind_encoder(
    world: FiniteWorld, label: Int[np.ndarray, " captions"], negatives: Negatives
) -> tuple[float, float, float]:
    """Surcharges of an encoder that is random but for being blind, in random batches of 16.

    Returns:
        Shared, furthest of all batches from the prediction; own-only; own-only as predicted.
    """
    rng = np.random.default_rng(0)
    orbit = rng.normal(size=(label.max() + 1, 3))
    scores = rng.normal(size=(world.images, 3)) @ orbit[label].T
    entry = drawn_batches(world.probability, 16, batches=16, seed=0)
    image, caption = world.image[entry], world.caption[entry]
    bare = losses(scores, image, caption)
    shared, own = (
        losses_with_negatives(scores, image, caption, negatives, shared=shared) - bare
        for shared in (True, False)
    )
    M = negatives.shape[1]
    furthest = shared[np.argmax(np.abs(shared - blind_shared_surcharge(M)))]
    predicted = blind_own_surcharges(scores, image, caption, M)
    return float(furthest), float(own.mean()), float(predicted.mean())


def _enumerated(
    world: FiniteWorld, code: CaptionCodes, K: int, negatives: Negatives, *, shared: bool
) -> float:
    """The surcharge of a separated encoder from all batches of K captions."""
    weight, bare, whole = _enumerated_losses(world, code, K, negatives, shared=shared)
    return float(weight @ (whole - bare))


def _enumerated_excesses(
    world: FiniteWorld, label: Int[np.ndarray, " captions"], negatives: Negatives, K: int
) -> tuple[Float[np.ndarray, " batches"], Float[np.ndarray, " batches"]]:
    """The probability of each batch, and what the best separated blind encoder pays in it.

    It pays for own-only negatives, above the best of all encoders, and in no batch less than 0.
    """
    blind = finest_blind_code(world, label)
    weight, _, paid = _enumerated_losses(world, blind, K, negatives, shared=False)
    return weight, paid - _enumerated_losses(world, world.said, K, negatives, shared=False)[2]


def _enumerated_losses(
    world: FiniteWorld, code: CaptionCodes, K: int, negatives: Negatives, *, shared: bool
) -> tuple[Float[np.ndarray, " batches"], ...]:
    """The probability of each batch of captions, its loss without and its loss with negatives.

    A caption stands for its images: they have one code.
    """
    scores = np.where(code[:, None] == code, 0.0, -np.inf)
    captions = np.flatnonzero(world.support)
    batches, weight = all_batches(caption_law(world)[captions], K)
    caption = captions[batches]
    bare = losses(scores, caption, caption)
    whole = losses_with_negatives(scores, caption, caption, negatives, shared=shared)
    return weight, bare, whole


_NOUNS = ("cat", "dog", "hen")
_ORDERS = SceneConfig(nouns=_NOUNS, definite=0.5)
_PLACES = SceneConfig(nouns=_NOUNS, relations=("horizontal", "vertical"), paraphrase=0.5)
EACH_RELATION = ("a cat left of a dog", "a dog above a hen", "a hen left of a cat")
"""Ordered pairs of nouns in one relation each: no two are joined by SWAP or by REPLACE."""


def _orders(pairs: Iterable[tuple[str, str]]) -> FiniteWorld:
    """The first or both orders of pairs of nouns, in two wordings."""
    drawn = [f"{word} {left} left of a {right}" for left, right in pairs for word in ("a", "the")]
    return caption_world(_ORDERS, dict.fromkeys(drawn, 1.0), [Swap()])


def relations(*drawn: str) -> FiniteWorld:
    """A world of these captions alone, with SWAP and REPLACE of the relation."""
    return caption_world(_PLACES, dict.fromkeys(drawn, 1.0), [Swap(), Replace("relation")])


def _with_paraphrase() -> FiniteWorld:
    return relations(*EACH_RELATION, "a dog right of a cat")


def _joined(world: FiniteWorld) -> list[Comparison]:
    """SWAP makes "a dog left of a cat", one REPLACE from "a dog right of a cat".

    Half of the captions that are drawn are those two, and the SWAP of either is joined to the
    other: T6 holds for REPLACE, and yet blindness to it pays for them as for its own negatives.
    """
    K = _size(world)
    label = _label(world, "REPLACE")
    negatives = negatives_of(world, world.operators["SWAP"])
    permitted = orbit_criterion(world, label).all()
    half = blind_own_surcharge(np.array([0.5]), 1, K)
    weight, excess = _enumerated_excesses(world, label, negatives, K)
    cost = float(weight @ excess)
    return [
        Comparison("T6 permits blindness to REPLACE", "~=", 1.0, float(permitted)),
        Comparison(f"cost of blindness to REPLACE after SWAP, K = {K}", "~=", half, cost, ROUNDING),
    ]


def _told_apart(world: FiniteWorld) -> list[Comparison]:
    """Negatives of SWAP, for an encoder that is blind to REPLACE alone."""
    negatives = negatives_of(world, world.operators["SWAP"])
    code = finest_blind_code(world, _label(world, "REPLACE"))
    paid = _enumerated(world, code, _size(world), negatives, shared=True)
    return [Comparison("shared, M = 1, blind to another operator", "~=", 0.0, paid, ROUNDING)]


def _not_hard(world: FiniteWorld) -> list[Comparison]:
    """Each caption's negative is its other wording, true of its image."""
    K = _size(world)
    other = {
        y: z
        for y in np.flatnonzero(world.support)
        for z in np.flatnonzero(world.support)
        if y != z and world.said[y] == world.said[z]
    }
    negatives = np.arange(world.captions)[:, None]
    negatives[list(other), 0] = list(other.values())
    paid = _enumerated(world, world.said, K, negatives, shared=False)
    predicted = blind_own_surcharge(np.bincount(world.scene, world.probability), 1, K)
    return [Comparison("own-only, M = 1, true optimum", "~=", predicted, paid, ROUNDING)]


T13 = Claim(
    id="T13",
    title="Hard negatives price blindness",
    statement="An encoder that is blind to M hard negatives a caption pays log(1 + M) / 2 for "
    "them where images see those of the whole batch, and less where they see their own alone. The "
    "true optimum pays for shared ones that are true of another image. With own ones, blindness to "
    "another family stays free just where T6 permits it and no orbit joins a hard negative of a "
    "caption to a training caption of the same scene.",
    conditions="A finite world of Assumption 4: z_inv = r(Y), X determines z_inv, and X and Y are "
    "independent given z_inv; an operator makes a hard negative of every training caption. Costs "
    "are those of separated encoders, in batches of two pairs or more.",
    source="Ours.",
    requires=(
        *ASSUMPTION_4,
        MAKES_ALL_HARD_NEGATIVES,
    ),
    measure=_measure,
    worlds={
        "one order each": lambda: _orders(itertools.combinations(_NOUNS, 2)),
        "both orders": lambda: _orders(itertools.permutations(_NOUNS, 2)),
        "one relation each": lambda: relations(*EACH_RELATION),
    },
    controls=(
        Control("a negative joined to a paraphrase", _with_paraphrase, _joined),
        Control("negatives that are told apart", lambda: relations(*EACH_RELATION), _told_apart),
        Control(
            "negatives that are true of the image",
            lambda: _orders(itertools.combinations(_NOUNS, 2)),
            _not_hard,
        ),
    ),
)

CLAIMS.register(T13.id, T13)
