"""T15: blindness is contagious.

Source: THEORY.md, T15.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from jaxtyping import Float

from proofs_check.claim import CLAIMS, Claim, Control
from proofs_check.comparison import Comparison, Relation
from proofs_check.finite.conditions import FINITE, IMAGE_SHOWS_SCENE, INDEPENDENT_GIVEN_SCENE
from proofs_check.finite.finite_world import FiniteWorld
from proofs_check.finite.novel_pairs import NovelPairs
from proofs_check.finite.pairs import Pairs
from proofs_check.finite.scene_laws import (
    cost_of_untied_scores,
    label_text,
    law_reading_image,
    scene_laws,
    scene_telling_image,
    tied_scenes,
)
from proofs_check.finite.table_encoder import TableEncoder
from proofs_check.quantities.contrastive import limit_loss
from proofs_check.quantities.information import entropy, mutual_information, scene_entropy
from proofs_check.quantities.minimise import minimise_limit_loss
from proofs_check.theorems.pseudo_optimality import ROUNDING
from proofs_check.theorems.worlds import image_of_the_wording, orders
from scm.operators.orbits import Edges

NAT = 1.0
"""How far apart scores are moved that must tie."""

_MOST_CELLS = 64
"""Most scores of a critic that is sought by descent, in little time."""

_LEAST = 1e-3
"""Least probability of a pair for it: the descent ends with an excess of rounding then."""


def _measure(world: FiniteWorld) -> list[Comparison]:
    optimum = -mutual_information(world, world.orbit)
    reads, tells = law_reading_image(world), scene_telling_image(world)
    tied, scenes = tied_scenes(scene_laws(world)), np.unique(world.scene)
    broken = tied != np.arange(world.scenes)
    untied = _scores(world, reads) + NAT * broken[world.shown, None]
    least = cost_of_untied_scores(world, untied)
    p = np.bincount(world.scene, world.probability, world.scenes)
    forgotten = entropy(p) - entropy(np.bincount(tied, p))
    read = _loss(world, _scores(world, reads))
    # By construction, or by Jensen and data processing in any world.
    identities: list[tuple[str, Relation, float, float]] = [
        ("L_inf, f tells scenes apart", "~=", optimum, _loss(world, _scores(world, tells))),
        ("laws told, f reads p(.|z) alone", "~=", _distinct(tied[scenes]), _told(world, reads)),
        ("scenes told, f tells them apart", "~=", _distinct(scenes), _told(world, tells)),
        ("excess, ties broken by 1 nat", ">=", least, _loss(world, untied) - optimum),
        ("H(z | law of z), at most H(z | Q)", "<=", scene_entropy(world), forgotten),
    ]
    return [
        Comparison("L_inf, f reads p(.|z) alone", "~=", optimum, read, ROUNDING),
        *_ties_of_the_best_critic(world),
        *(Comparison(*comparison, ROUNDING, identity=True) for comparison in identities),
    ]


def _ties_of_the_best_critic(world: FiniteWorld) -> list[Comparison]:
    """Ties of the critic that descent finds, where all pairs are drawn and none is rare.

    Its excess is at least half of E_q KL(p(x|q), p_s(x|q)), and by Pinsker's inequality so is the
    mean of (p(x|q) - p_s(x|q))^2 at any x. A score is log p_s(x|q) / p(x) up to a constant of q.
    """
    law = Pairs.of(world, world.orbit).table()
    if law.size > _MOST_CELLS or law.min() < _LEAST:
        return []
    start = np.random.default_rng(0).normal(size=law.shape)
    found = minimise_limit_loss(law, start)
    images, labels = np.unique(world.image), np.unique(world.orbit[world.caption])
    laws = scene_laws(world)[world.shown[images]][:, labels]
    gaps = found.scores - found.scores[:, None]
    predicted = np.log(laws) - np.log(laws)[:, None]
    alike = tied_scenes(scene_laws(world))[world.shown[images]]
    excess = max(found.gap, 0.0) + law.size * np.finfo(np.float64).eps
    given_label = law / law.sum(axis=0)
    share = float(np.max(np.sqrt(excess / law.sum(axis=0)) / given_label))
    reach = 2 * share / (1 - share)
    furthest = float(np.abs(gaps - predicted).max())
    tied = float(np.abs(gaps[np.equal.outer(alike, alike)]).max())
    return [
        Comparison("scores of z less those of z~, at least L_inf", "~=", 0.0, furthest, reach),
        Comparison("scores of scenes of one law, at least L_inf", "~=", 0.0, tied, reach),
    ]


def _distinct(rows: np.ndarray) -> float:
    return float(len(np.unique(rows, axis=0)))


def _told(world: FiniteWorld, f: TableEncoder) -> float:
    """How many embeddings the images have that are drawn."""
    return _distinct(f.embeddings[np.unique(world.image)])


def _scores(world: FiniteWorld, f: TableEncoder) -> Float[np.ndarray, "images orbits"]:
    """Inner products with the text encoder that says the orbit."""
    first = np.unique(world.orbit, return_index=True)[1]
    return f.embeddings @ label_text(world).embeddings[first].T


def _loss(world: FiniteWorld, scores: Float[np.ndarray, "images orbits"]) -> float:
    return limit_loss(Pairs.of(world, world.orbit), scores)


def _order_aware_text(world: FiniteWorld) -> list[Comparison]:
    """Against whole captions an f that reads p(q | z) alone falls short, and scores do not tie."""
    laws = tied_scenes(scene_laws(world))
    read = dataclasses.replace(world, shown=np.arange(world.scenes), image=laws[world.scene])
    shortfall = mutual_information(world) - mutual_information(read)
    captions = np.arange(world.captions)
    scores = law_reading_image(world, captions).embeddings
    gap = _gaps(world, scores[:, : world.captions], captions)
    return [
        Comparison("I(X; Y) - I(p(q|z); Y)", "~=", float(np.log(2)), shortfall, ROUNDING),
        Comparison("least gap of scores of z and z~", ">=", NAT, float(gap.min()), identity=True),
    ]


def _never_drawn(world: FiniteWorld) -> list[Comparison]:
    """Where z~ is never drawn, one optimum ties it to z and another does not."""
    optimum = -mutual_information(world, world.orbit)
    scores = _scores(world, law_reading_image(world))
    novel = NovelPairs.of(world)
    tying = scores.copy()
    tying[novel.image] = scores[world.said[novel.caption]]
    apart, tied = _gaps(world, scores, world.orbit), _gaps(world, tying, world.orbit)
    return [
        Comparison("L_inf without ties", "~=", optimum, _loss(world, scores), ROUNDING),
        Comparison("L_inf with ties", "~=", optimum, _loss(world, tying), ROUNDING),
        Comparison("least gap without ties", ">=", NAT, float(apart.min()), identity=True),
        Comparison("largest gap with ties", "~=", 0.0, float(tied.max()), identity=True),
    ]


def _gaps(
    world: FiniteWorld,
    scores: Float[np.ndarray, "images labels"],
    label: np.ndarray,
) -> Float[np.ndarray, " pairs"]:
    """How far s(x, y) and s(x~, y) are apart, for y and an image x~ of its hard negative."""
    novel = NovelPairs.of(world)
    own = np.unique(world.shown, return_index=True)[1][world.said[novel.caption]]
    q = label[novel.caption]
    return np.abs(scores[own, q] - scores[novel.image, q])


def _wording_shown(world: FiniteWorld) -> list[Comparison]:
    optimum = -mutual_information(world, world.orbit)
    excess = _loss(world, _scores(world, law_reading_image(world))) - optimum
    return [Comparison("excess of f that reads p(.|z)", "~=", float(np.log(2)), excess, ROUNDING)]


def _odds_of_wordings() -> FiniteWorld:
    """Three scenes in the same two orbits, of which the first and last have the same odds."""
    return FiniteWorld.from_tables(
        np.array([0.25, 0.5, 0.25]),
        np.array([0, 0, 1, 1, 2, 2]),
        np.array([0.75, 0.25, 0.25, 0.75, 0.75, 0.25]),
        {"REPLACE": Edges(np.array([0, 2, 1, 3]), np.array([2, 4, 3, 5]))},
    )


T15 = Claim(
    id="T15",
    title="Blind text lets images go blind",
    statement="Against a text encoder that is a function of the orbit, an image encoder that reads "
    "p(orbit | z) alone is optimal: scores of scenes with the same law must tie wherever they are "
    "drawn, but their embeddings may be told apart or not.",
    conditions="A finite world in which X determines z_inv, and X and Y are independent given "
    "z_inv; of scenes that are never drawn nothing is said.",
    source="Ours.",
    requires=(FINITE, IMAGE_SHOWS_SCENE, INDEPENDENT_GIVEN_SCENE),
    measure=_measure,
    worlds={
        "both orders of each pair": lambda: orders(1.0),
        "half of the orders": lambda: orders(0.5),
        "odds of wordings": _odds_of_wordings,
    },
    controls=(
        Control("order-aware text", lambda: orders(1.0), _order_aware_text),
        Control("scenes that are never drawn", lambda: orders(0.0), _never_drawn),
        Control("image of the wording", lambda: image_of_the_wording({}), _wording_shown),
    ),
)

CLAIMS.register(T15.id, T15)
