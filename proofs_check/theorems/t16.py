"""T16: what text-only hard negatives teach: to reject, to tilt, and not to compose.

Source: THEORY.md, T16.
"""

from __future__ import annotations

import numpy as np

from proofs_check.claim import CLAIMS, Claim, Control
from proofs_check.comparison import Comparison
from proofs_check.finite.conditions import ASSUMPTION_4, EVERY_SCENE_HAS_AN_IMAGE, FINITE
from proofs_check.finite.family_conditions import MAKES_HARD_NEGATIVES
from proofs_check.finite.finite_world import FiniteWorld
from proofs_check.finite.hard_pairs import HardPairs
from proofs_check.finite.labelings import MOST_CAPTIONS, Labelings
from proofs_check.finite.negatives import shared_negatives
from proofs_check.finite.pairs import Pairs
from proofs_check.quantities.minimise import reach, shares
from proofs_check.quantities.shared_negatives import (
    Negatives,
    best_scores,
    free_labelings,
    is_free,
    labeling_costs,
    least_loss,
    least_loss_by_descent,
    loss_of_critic,
    surcharges,
)
from proofs_check.theorems.pets import colours_replaced
from proofs_check.theorems.pseudo_optimality import ROUNDING
from proofs_check.theorems.rejection import (
    COMPOSES,
    REJECTS,
    Halves,
    encoders,
    novel_pairs,
    rejected,
    rejecting_labels,
)
from proofs_check.theorems.rejection_controls import (
    composing_pays,
    converse_relations,
    drawn_elsewhere,
    one_code_for_two_tilts,
    one_wording,
    own_only,
)
from proofs_check.theorems.solved_world import SolvedWorld
from proofs_check.theorems.tilted_worlds import ADDED, SWAPPED, both_orders, tilted
from proofs_check.theorems.worlds import orders

_COUNTS = (1, 3)
"""Values of M."""

_MOST_PAIRS = 64
"""Most pairs of image and caption of a critic that is sought by descent, in little time."""

_LEAST = 1e-3
"""Least probability of a pair for it: the descent ends with an excess of rounding then."""

_NEVER = 60.0
"""What scores are lowered by that should be -inf: e^-60 is far below rounding."""

_THETA = 0.2
"""Odds of the two scenes of an orbit."""


def _measure(world: FiniteWorld) -> list[Comparison]:
    comparisons = []
    for M in _COUNTS:
        negatives = shared_negatives(world, M)
        comparisons += _of_all_critics(world, negatives, M)
        if all(condition.holds(world) for condition in ASSUMPTION_4):
            comparisons += _of_encoders(world, negatives, M)
    if isinstance(world, SolvedWorld):
        comparisons += world.closed_forms(world)
    return [*comparisons, *_rejection(world), _gain(world)]


def _is_small(world: FiniteWorld) -> bool:
    probability = Pairs.of(world).probability
    return len(probability) <= _MOST_PAIRS and float(probability.min()) >= _LEAST


def _of_all_critics(world: FiniteWorld, negatives: Negatives, M: int) -> list[Comparison]:
    """The minimum and its critic beside those that descent finds.

    Scores are log p_s(y|x) less log(p(y) + M nu(y)) up to a constant of x, and log p_s(x|y) less
    log p(x) up to one of y, so that differences are compared within an image and within a caption.
    """
    if not _is_small(world):
        return []
    pairs, law = Pairs.of(world), Pairs.of(world).table()
    start = np.random.default_rng(0).normal(size=law.shape)
    found = least_loss_by_descent(world, negatives, start=start)
    drawn = law > 0
    off = found.scores[drawn] - _in_order(pairs, best_scores(world, negatives))
    apart = np.where(drawn, 0.0, np.nan)
    apart[drawn] = off
    captions, images = (
        float(np.nanmax(np.nanmax(apart, axis=axis) - np.nanmin(apart, axis=axis)))
        for axis in (1, 0)
    )
    return [
        Comparison(f"least L, M = {M}", "~=", least_loss(world, negatives), found.value, ROUNDING),
        *(
            Comparison(
                f"scores of {of} less those of s*, M = {M}", "~=", 0.0, furthest, reach(share)
            )
            for of, furthest, share in (
                ("captions of an image", captions, shares(law, found.gap, axis=1)),
                ("images of a caption", images, shares(law, found.gap, axis=0)),
            )
        ),
    ]


def _in_order(pairs: Pairs, values: np.ndarray) -> np.ndarray:
    """Values at pairs, in the order of the table of images and labels."""
    return values[np.lexsort((pairs.label, pairs.image))]


def _of_encoders(world: FiniteWorld, negatives: Negatives, M: int) -> list[Comparison]:
    """The loss of composing and of rejecting encoders, by descent, and all encoders there are."""
    if not _is_small(world):
        return []
    least = least_loss(world, negatives)
    away = rejected(world, negatives)
    comparisons = []
    for name, label in (
        ("g*", world.said),
        ("rejecting g", rejecting_labels(world, away)),
    ):
        lost = least_loss_by_descent(world, negatives, label).value - least
        free = is_free(world, negatives, label)
        predicted = 0.0 if free else least_loss(world, negatives, label) - least
        comparisons += [
            Comparison(f"least L of {name} above all, M = {M}", "~=", predicted, lost, ROUNDING),
            Comparison(f"{name} is optimal, M = {M}", "~=", float(free), float(lost <= ROUNDING)),
        ]
    if world.captions > MOST_CAPTIONS:
        return comparisons
    found = Labelings(world)
    costless = labeling_costs(found, negatives) <= ROUNDING
    against = np.sum(costless != free_labelings(found, negatives))
    joined = found.parts[:, away][:, :, None] == found.parts[:, world.support][:, None]
    blind = np.sum(costless & joined.any(axis=(1, 2)))
    return [
        *comparisons,
        Comparison(f"encoders whose optimality is against T16, M = {M}", "~=", 0.0, float(against)),
        Comparison(f"optima blind to a negative never drawn, M = {M}", "~=", 0.0, float(blind)),
    ]


def _rejection(world: FiniteWorld) -> list[Comparison]:
    """Scores of encoders on negatives that are never drawn, of scenes that are not either.

    Both critics are s* on what is drawn, and differ where an image that is never drawn meets such
    a negative alone.
    """
    negatives = shared_negatives(world, 1)
    away = rejected(world, negatives) & ~np.isin(world.said, world.scene)
    pairs = novel_pairs(world, away)
    if pairs is None:
        return []
    weight = pairs.probability
    f, composing = encoders(world, np.zeros(world.captions, bool))
    rejecting = encoders(world, away)[1]
    scores = np.full((world.images, world.captions), -_NEVER)
    drawn = Pairs.of(world)
    scores[drawn.image, drawn.label] = best_scores(world, negatives)
    same = world.shown[:, None] == world.said
    critics = (
        ("composing critic", COMPOSES, np.where(away, np.where(same, 0.0, -_NEVER), scores)),
        ("rejecting critic", REJECTS, np.where(away, -2 * _NEVER, scores)),
    )
    # A score of 0 among probabilities of which most are away; what is away adds e^-NEVER of it.
    text_only = np.zeros(world.captions)
    text_only[drawn.label] = -surcharges(world, negatives)
    text_only[away] = -_NEVER
    only = np.tile(text_only, (world.images, 1))
    least = least_loss(world, negatives)
    comparisons = []
    for name, predicted, critic in critics:
        lost = loss_of_critic(world, critic, negatives) - least
        comparisons.append(Comparison(f"L of the {name} above all", "~=", 0.0, lost, ROUNDING))
        comparisons += Halves.of(pairs.scores(critic), weight).compare(f"the {name}", predicted)
    return [
        *comparisons,
        *Halves.of(pairs.cosines(f, composing), weight).compare("g*", COMPOSES),
        *Halves.of(pairs.cosines(f, rejecting), weight).compare("a rejecting g", REJECTS),
        *Halves.of(pairs.scores(only), weight).compare("the text-only score", REJECTS),
    ]


def _gain(world: FiniteWorld) -> Comparison:
    """The gain of the text score of any critic over any other, by what is drawn and what is not."""
    pairs = HardPairs.of(world)
    drawn = world.support[pairs.negative]
    before, after = np.random.default_rng(0).normal(size=(2, world.images, world.captions))
    predicted = 0.0
    for chosen in (drawn, ~drawn):
        if chosen.any():
            part = pairs.where(chosen)
            old, new = (Halves.of(part.scores(s), part.probability) for s in (before, after))
            both = 0.5 * (new.familiar - old.familiar + new.novel - old.novel)
            predicted += float(pairs.probability[chosen].sum()) * both
    old, new = (Halves.of(pairs.scores(s), pairs.probability).text for s in (before, after))
    return Comparison("gain of the text score", "~=", predicted, new - old, ROUNDING, identity=True)


T16 = Claim(
    id="T16",
    title="Text-only negatives teach rejection",
    statement="With M hard negatives a caption of law nu, shared by the batch, the best critic is "
    "the pointwise mutual information less log(1 + M nu(y) / p(y)), and costs half the mean of "
    "that more. It sends negatives that are never drawn away from all that is drawn, and says "
    "nothing of images that are never drawn: encoders that compose and encoders that reject are "
    "both optimal. Where negatives are drawn it only tilts.",
    conditions="A finite world with an image of every scene; K to infinity; negatives that all "
    "images of the batch see. For encoders, Assumption 4: composing is optimal just where each "
    "caption of a scene that is drawn is a negative in proportion to how often it is drawn (so "
    "that no negative that is never drawn says such a scene); rejecting just where the drawn "
    "captions of a scene are.",
    source="Ours.",
    requires=(FINITE, EVERY_SCENE_HAS_AN_IMAGE, MAKES_HARD_NEGATIVES),
    measure=_measure,
    worlds={
        "white cat": colours_replaced,
        "one order of each pair": lambda: orders(0.0),
        "both orders of each pair": both_orders,
        "odds of noisy orders": lambda: tilted(
            _THETA, SWAPPED, float(np.log((1 - _THETA) / _THETA))
        ),
        "ADD at equal odds, noisy": lambda: tilted(0.5, ADDED, float(np.log(2))),
        "ADD and its undoing, noisy": lambda: tilted(0.5, SWAPPED, 0.0),
    },
    controls=(
        Control("negatives that are drawn elsewhere", lambda: orders(0.5), drawn_elsewhere),
        Control("negatives of scenes that are drawn", converse_relations, composing_pays),
        Control("one wording is the negative", one_wording, one_code_for_two_tilts),
        Control("negatives that one image sees", lambda: orders(1.0), own_only),
    ),
)

CLAIMS.register(T16.id, T16)
