"""T16: what text-only hard negatives teach: to reject, to tilt, and not to compose.

Source: THEORY.md, T16.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from proofs_check.claim import CLAIMS, Claim, Control
from proofs_check.comparison import Comparison
from proofs_check.finite.caption_world import caption_world
from proofs_check.finite.conditions import ASSUMPTION_4, EVERY_SCENE_HAS_AN_IMAGE, FINITE
from proofs_check.finite.family_conditions import MAKES_HARD_NEGATIVES
from proofs_check.finite.finite_world import FiniteWorld
from proofs_check.finite.hard_pairs import HardPairs
from proofs_check.finite.labelings import MOST_CAPTIONS, Labelings
from proofs_check.finite.negatives import negatives_of, shared_negatives
from proofs_check.finite.pairs import Pairs
from proofs_check.quantities.information import scene_entropy
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
from proofs_check.quantities.surcharge import separated_surcharge
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
from proofs_check.theorems.solved_world import SolvedWorld
from proofs_check.theorems.worlds import covered_fraction, orders
from scm import Coverage, SceneConfig, Swap
from scm.operators.orbits import Edges

_COUNTS = (1, 3)
"""Values of M."""

_MOST_PAIRS = 64
"""Most pairs of image and caption of a critic that is sought by descent, in little time."""

_LEAST = 1e-3
"""Least probability of a pair for it: the descent ends with an excess of rounding then."""

_NEVER = 60.0
"""What scores are lowered by that should be -inf: e^-60 is far below rounding."""

_NOISE = 0.3
"""How often images show another scene than that of their caption, any of the others."""

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

    The excess is half the sum of E_x KL(p(y|x), p_s(y|x)) and E_y KL(p(x|y), p_s(x|y)), where p_s
    are the softmax with prior p + M nu and that with prior p(x). By Pinsker's inequality each
    |p - p_s| at any pair is at most the root of the excess over p(x), or over p(y). Scores are log
    p_s less the log prior, up to a constant of x, or of y.
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
    excess = max(found.gap, 0.0) + law.size * np.finfo(np.float64).eps
    captions, images = (
        float(np.nanmax(np.nanmax(apart, axis=axis) - np.nanmin(apart, axis=axis)))
        for axis in (1, 0)
    )
    return [
        Comparison(f"least L, M = {M}", "~=", least_loss(world, negatives), found.value, ROUNDING),
        *(
            Comparison(
                f"scores of {of} less those of s*, M = {M}", "~=", 0.0, furthest, _reach(shares)
            )
            for of, furthest, shares in (
                ("captions of an image", captions, _shares(law, excess, axis=1)),
                ("images of a caption", images, _shares(law, excess, axis=0)),
            )
        ),
    ]


def _in_order(pairs: Pairs, values: np.ndarray) -> np.ndarray:
    """Values at pairs, in the order of the table of images and labels."""
    return values[np.lexsort((pairs.label, pairs.image))]


def _shares(law: np.ndarray, excess: float, axis: int) -> float:
    """Bound on |p - p_s| / p of all pairs."""
    p = law.sum(axis=axis, keepdims=True)
    return float(np.max((np.sqrt(excess / p) / (law / p + (law == 0)))[law > 0]))


def _reach(share: float) -> float:
    """Bound on the difference of two logarithms whose arguments are good to a share."""
    return 2 * share / (1 - share) if share < 1 else np.inf


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


def _tilts(world: FiniteWorld, predicted: float) -> list[Comparison]:
    """How far negatives move the first caption below the second, from critics by descent.

    In a world all of whose pairs are drawn, so that both scores are finite.
    """
    start = np.random.default_rng(1).normal(size=(world.images, world.captions))
    with_negatives, without = (
        least_loss_by_descent(world, shared_negatives(world, M), start=start) for M in (1, 0)
    )
    moved = with_negatives.scores - without.scores
    law = Pairs.of(world).table()
    eps = law.size * np.finfo(np.float64).eps
    reach = sum(
        _reach(_shares(law, max(found.gap, 0.0) + eps, axis=1))
        for found in (with_negatives, without)
    )
    tilt = moved[:, 1] - moved[:, 0]
    furthest = float(tilt[np.argmax(np.abs(tilt - predicted))])
    return [Comparison("tilt against the first caption", "~=", predicted, furthest, reach)]


def _noisy(theta: float, edges: Edges) -> FiniteWorld:
    """Two orbits of two captions, odds theta : 1 - theta, and images that may be of any scene."""
    scene, image = np.divmod(np.arange(16), 4)
    p = np.tile([theta, 1 - theta], 2) / 2
    every = np.arange(4)
    return FiniteWorld(
        scenes=4,
        shown=every,
        said=every,
        image=image,
        scene=scene,
        caption=scene,
        probability=np.where(image == scene, 1 - _NOISE, _NOISE / 3) * p[scene],
        operators={"T": edges},
    )


def _tilted(theta: float, edges: Edges, predicted: float) -> SolvedWorld:
    return SolvedWorld.of(_noisy(theta, edges), partial(_tilts, predicted=predicted))


_SWAPPED = Edges(np.arange(4), np.arange(4) ^ 1)
_ADDED = Edges(np.array([1, 3]), np.array([0, 2]))


def _both_orders() -> SolvedWorld:
    """Every caption is as often a negative as it is drawn, and T13's surcharge is that of all."""

    def closed_forms(world: FiniteWorld) -> list[Comparison]:
        predicted = 0.5 * np.log(2) - scene_entropy(world, np.zeros(world.captions, int))
        found = least_loss_by_descent(world, shared_negatives(world, 1))
        return [Comparison("least L where nu = p, M = 1", "~=", predicted, found.value, ROUNDING)]

    return SolvedWorld.of(orders(1.0), closed_forms)


def _drawn_elsewhere(world: FiniteWorld) -> list[Comparison]:
    """A text encoder that sends all negatives away, of which those of covered orbits are drawn.

    With rho of 15 orbits covered it loses which of 30 rho scenes is shown, and one tilt of 1 + 1 /
    rho stands for one of 2: negatives of all orbits meet in the code, and captions of covered ones.
    """
    rho = covered_fraction(_COVERED)
    negatives = shared_negatives(world, 1)
    label = rejecting_labels(world, negatives > 0)
    lost = least_loss_by_descent(world, negatives, label).value - least_loss(world, negatives)
    predicted = float(rho * (np.log(30 * rho) + 0.5 * np.log((1 + 1 / rho) / 2)))
    return [Comparison("least L of rejecting g above all, M = 1", "~=", predicted, lost, ROUNDING)]


_COVERED = SceneConfig(coverage=(Coverage(rho=0.5, shown="hashed"),), paraphrase=0.25)
"""That of `orders` at one half."""


def _converse_relations() -> FiniteWorld:
    """Two scenes in one wording each: SWAP makes the other wording of the other scene."""
    config = SceneConfig(nouns=("cat", "dog"), paraphrase=0.5)
    drawn = {"a cat left of a dog": 1.0, "a cat right of a dog": 1.0}
    return caption_world(config, drawn, [Swap()])


def _composing_pays(world: FiniteWorld) -> list[Comparison]:
    """Each scene's code meets a negative as often as its caption, and pays as a blind one does."""
    negatives = shared_negatives(world, 1)
    least = least_loss(world, negatives)
    away = rejecting_labels(world, rejected(world, negatives))
    composing, rejecting = (
        least_loss_by_descent(world, negatives, label).value - least for label in (world.said, away)
    )
    half = 0.5 * float(np.log(2))
    return [
        Comparison("least L of g* above all, M = 1", "~=", half, composing, ROUNDING),
        Comparison("least L of rejecting g above all, M = 1", "~=", 0.0, rejecting, ROUNDING),
    ]


def _one_wording() -> FiniteWorld:
    """One of two wordings of scene 0 is a negative of scene 1's caption, as often as that is drawn.

    No caption of scene 0 has a negative.
    """
    return FiniteWorld.from_tables(
        np.array([0.5, 0.5]),
        np.array([0, 0, 1]),
        np.array([0.5, 0.5, 1.0]),
        {"ADD": Edges(np.array([2]), np.array([0]))},
    )


def _one_code_for_two_tilts(world: FiniteWorld) -> list[Comparison]:
    """Wordings that should be tilted by log 3 and 0 are both tilted by log 2."""
    negatives = shared_negatives(world, 1)
    lost = least_loss_by_descent(world, negatives, world.said).value - least_loss(world, negatives)
    predicted = 0.25 * float(np.log(2) - 0.5 * np.log(3))
    return [Comparison("least L of g* above all, M = 1", "~=", predicted, lost, ROUNDING)]


def _own_only(world: FiniteWorld) -> list[Comparison]:
    """The true optimum pays nothing for negatives that only their own image sees, at any K."""
    negatives = negatives_of(world, world.operators["SWAP"], 1)
    paid = [
        separated_surcharge(world, world.said, negatives, 64, shared=shared)
        for shared in (False, True)
    ]
    return [
        Comparison("own-only, M = 1, K = 64, true optimum", "~=", 0.0, paid[0], ROUNDING),
        Comparison("shared, M = 1, K = 64, true optimum", ">", ROUNDING, paid[1]),
    ]


T16 = Claim(
    id="T16",
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
        "both orders of each pair": _both_orders,
        "odds of noisy orders": lambda: _tilted(
            _THETA, _SWAPPED, float(np.log((1 - _THETA) / _THETA))
        ),
        "ADD at equal odds, noisy": lambda: _tilted(0.5, _ADDED, float(np.log(2))),
        "ADD and its undoing, noisy": lambda: _tilted(0.5, _SWAPPED, 0.0),
    },
    controls=(
        Control("negatives that are drawn elsewhere", lambda: orders(0.5), _drawn_elsewhere),
        Control("negatives of scenes that are drawn", _converse_relations, _composing_pays),
        Control("one wording is the negative", _one_wording, _one_code_for_two_tilts),
        Control("negatives that one image sees", lambda: orders(1.0), _own_only),
    ),
)

CLAIMS.register(T16.id, T16)
