"""T17: the two halves of a score: one asks whether text moves, the other whether as images do.

Source: THEORY.md, T17.
"""

from __future__ import annotations

import math

import jax
import numpy as np
from jaxtyping import Float

from proofs_check.claim import CLAIMS, Claim, Control
from proofs_check.comparison import Comparison
from proofs_check.finite.conditions import ASSUMPTION_4, EVERY_SCENE_HAS_AN_IMAGE, FINITE
from proofs_check.finite.family_conditions import MAKES_HARD_NEGATIVES
from proofs_check.finite.finite_world import FiniteWorld
from proofs_check.finite.hard_pairs import HardPairs
from proofs_check.finite.pairs import Pairs
from proofs_check.finite.table_encoder import TableEncoder
from proofs_check.quantities.cosine_minimum import minimise_by_cosine, most_misalignment
from proofs_check.quantities.directions import TIE, unit
from proofs_check.quantities.displacements import Displacements
from proofs_check.quantities.hard_negative_scores import accuracy
from proofs_check.theorems.pets import colours_replaced
from proofs_check.theorems.pseudo_optimality import ROUNDING
from proofs_check.theorems.worlds import SEED, orders
from scm import Coverage, SceneConfig, Swap

_OUTPUTS = 5
"""Of encoders that are not trained."""

_TEMPERATURE = 1.0
"""Of cosines, as in T14."""

_MOST_SCENES = 16
"""Most scenes whose embeddings are sought by descent, in little time."""

_LEAST = 1e-3
"""Least probability of a pair for it: the bound on its |e| goes with the root of the inverse."""

_SMALL = 0.1
"""How far negatives are moved in controls, in units of the embedding."""


def _measure(world: FiniteWorld) -> list[Comparison]:
    pairs = HardPairs.of(world)
    f, g = _random(world.images, 0), _random(world.captions, 1)
    # Not of unit length: the identities ask it of captions alone.
    any_length = TableEncoder(2.0 * f.embeddings + 0.5)
    return [
        *_identities(pairs, any_length, g),
        *_of_aligned(pairs, *_aligned(world, f, g)),
        *_found_by_descent(world, pairs),
    ]


def _random(n: int, seed: int) -> TableEncoder:
    return TableEncoder(unit(np.random.default_rng(seed).normal(size=(n, _OUTPUTS))))


def _identities(pairs: HardPairs, f: TableEncoder, g: TableEncoder) -> list[Comparison]:
    """Both margins as differences of scores, beside those of displacements, at their furthest."""
    moved, scores = _displacements(pairs, f, g), pairs.cosines(f, g)
    familiar = scores[:, 0, 0] - scores[:, 0, 1] - moved.familiar_margin
    novel = scores[:, 1, 1] - scores[:, 1, 0] - moved.novel_margin
    text, _, misalignment = moved.sizes
    wrong = np.sum((scores[:, 0, 0] <= scores[:, 0, 1]) & (text > 2 * misalignment))
    return [
        Comparison(f"{half} margin less its closed form", "~=", 0.0, error, ROUNDING, identity=True)
        for half, error in (("familiar", _furthest(familiar)), ("novel", _furthest(novel)))
    ] + [
        Comparison(
            "familiar margins of at most 0 with |dg| > 2 |e|",
            "~=",
            0.0,
            float(wrong),
            identity=True,
        )
    ]


def _aligned(
    world: FiniteWorld, f: TableEncoder, g: TableEncoder
) -> tuple[TableEncoder, TableEncoder]:
    """The encoders with the embedding of a component for all that is drawn in it, so that e = 0."""
    drawn = Pairs.of(world)
    code = _random(int(drawn.component.max()) + 1, 2).embeddings[drawn.component]
    images, captions = f.embeddings.copy(), g.embeddings.copy()
    images[drawn.image], captions[drawn.label] = code, code
    return TableEncoder(images), TableEncoder(captions)


def _of_aligned(pairs: HardPairs, f: TableEncoder, g: TableEncoder) -> list[Comparison]:
    """Halves of aligned encoders where they are not blind; which of them compose."""
    moved = _displacements(pairs, f, g)
    seen = 0.5 * moved.sizes[0] ** 2 > TIE
    if not seen.any():
        return []
    part = pairs.where(seen)
    composes = _displacements(part, f, g).composes
    familiar, novel = _halves(part, f, g)
    predicted = float(part.probability @ composes)
    return [
        Comparison("familiar half, aligned", "~=", 1.0, familiar, ROUNDING, identity=True),
        Comparison("novel half, aligned", "~=", predicted, novel, ROUNDING, identity=True),
    ]


def _found_by_descent(world: FiniteWorld, pairs: HardPairs) -> list[Comparison]:
    """Halves of encoders that descent finds, of which the misalignment is bounded by their excess.

    Scenes that are drawn are equiprobable, so that the bound is known. What is never drawn stays at
    its random start. A margin is as it would be at e = 0 to |e| |dg|, and it is asked where that
    cannot turn it.
    """
    if not all(condition.holds(world) for condition in ASSUMPTION_4):
        return []
    scenes = np.bincount(world.scene, world.probability, world.scenes)
    scenes = scenes[scenes > 0]
    n = len(scenes)
    least = float(Pairs.of(world).probability.min())
    if not 2 <= n <= _MOST_SCENES or np.ptp(scenes) > ROUNDING or least < _LEAST:
        return []
    found = minimise_by_cosine(
        Pairs.of(world), world.images, world.captions, n + 2, temperature=_TEMPERATURE, seed=0
    )
    f, g = TableEncoder(found.images), TableEncoder(found.labels)
    most = math.sqrt(most_misalignment(n, _TEMPERATURE, ROUNDING) / least)
    moved = _displacements(pairs, f, g)
    text = moved.sizes[0]
    slack = most * text + TIE
    familiar = 0.5 * text**2
    novel = np.sum(moved.image * moved.text, axis=1) - familiar
    scores = pairs.cosines(f, g)
    # Which should prefer which, where e cannot decide it.
    wrong_familiar = (familiar > slack) & (scores[:, 0, 0] <= scores[:, 0, 1])
    wrong_novel = (np.abs(novel) > slack) & ((scores[:, 1, 1] > scores[:, 1, 0]) != moved.composes)
    asked = float(pairs.probability[familiar > slack].sum())
    return [
        Comparison("largest |e|, found by descent", "<=", most, float(moved.sizes[2].max())),
        Comparison("familiar pairs where e cannot decide, found", "~=", 1.0, asked, ROUNDING),
        Comparison("familiar halves wrong, found", "~=", 0.0, float(wrong_familiar.sum())),
        Comparison("novel halves against cos(df, dg), found", "~=", 0.0, float(wrong_novel.sum())),
    ]


def _displacements(pairs: HardPairs, f: TableEncoder, g: TableEncoder) -> Displacements:
    return Displacements.of(
        f.embeddings[pairs.image],
        g.embeddings[pairs.caption],
        g.embeddings[pairs.negative],
        f.embeddings[pairs.other],
    )


def _halves(pairs: HardPairs, f: TableEncoder, g: TableEncoder) -> tuple[float, float]:
    """The familiar and the novel half."""
    scores, weight = pairs.cosines(f, g), pairs.probability
    familiar = accuracy(scores[:, 0, 0], scores[:, 0, 1], weight).accuracy
    return float(familiar), float(accuracy(scores[:, 1, 1], scores[:, 1, 0], weight).accuracy)


def _furthest(values: Float[np.ndarray, " n"]) -> float:
    return float(values[np.argmax(np.abs(values))])


def _near_blind(
    world: FiniteWorld, direction: float
) -> tuple[HardPairs, TableEncoder, TableEncoder]:
    """Hard pairs and aligned encoders: g(y') is near g(y), towards f(x~) or away from it.

    In a world in which each caption has one hard negative, which is never drawn.
    """
    pairs = HardPairs.of(world)
    f, g = _aligned(
        world, *(_random(n, seed) for seed, n in enumerate((world.images, world.captions)))
    )
    image, caption = f.embeddings, g.embeddings.copy()
    towards = image[pairs.other] - image[pairs.image]
    caption[pairs.negative] = unit(caption[pairs.caption] + direction * _SMALL * towards)
    return pairs, f, TableEncoder(caption)


def _misaligned(world: FiniteWorld) -> list[Comparison]:
    """Misalignment along the displacement: at 0.4 of it the familiar half is 1, at 0.6 it is 0."""
    pairs, f, g = _near_blind(world, 1.0)
    moved = g.embeddings[pairs.negative] - g.embeddings[pairs.caption]
    comparisons = []
    for share, predicted in ((0.4, 1.0), (0.6, 0.0)):
        image = f.embeddings.copy()
        image[pairs.image] += share * moved
        familiar, _ = _halves(pairs, TableEncoder(image), g)
        comparisons.append(
            Comparison(f"familiar half, e = {share} dg", "~=", predicted, familiar, ROUNDING)
        )
    return comparisons


def _away_from_images(world: FiniteWorld) -> list[Comparison]:
    """An aligned encoder that moves as images do, and one that moves the other way."""
    comparisons = []
    for name, direction, predicted in (("as", 1.0, 1.0), ("against", -1.0, 0.0)):
        pairs, f, g = _near_blind(world, direction)
        familiar, novel = _halves(pairs, f, g)
        comparisons += [
            Comparison(f"familiar half, text moves {name} images", "~=", 1.0, familiar, ROUNDING),
            Comparison(f"novel half, text moves {name} images", "~=", predicted, novel, ROUNDING),
        ]
    return comparisons


def _longer(world: FiniteWorld) -> list[Comparison]:
    """Aligned encoders whose negatives are longer: they win by inner product, on every image."""
    pairs, f, g = _near_blind(world, 1.0)
    caption = g.embeddings.copy()
    caption[np.unique(pairs.negative)] *= 2.0
    familiar, novel = _halves(pairs, f, TableEncoder(caption))
    return [
        Comparison("familiar half, longer negatives", "~=", 0.0, familiar, ROUNDING),
        Comparison("novel half, longer negatives", ">=", 0.5, novel),
    ]


def _blind(world: FiniteWorld) -> list[Comparison]:
    pairs, f, g = _near_blind(world, 0.0)
    familiar, _ = _halves(pairs, f, g)
    return [Comparison("familiar half, blind", "~=", 0.5, familiar, ROUNDING)]


def _both_orders() -> FiniteWorld:
    """Both orders of pairs of four nouns, 12 scenes."""
    config = SceneConfig(
        nouns=("cat", "dog", "hen", "owl"), coverage=(Coverage(rho=1.0),), paraphrase=0.25
    )
    return FiniteWorld.from_captions(config.caption_table(jax.random.key(SEED)), [Swap()])


T17 = Claim(
    id="T17",
    title="One half can hide the other",
    statement="The margin of the familiar half is |dg|^2 / 2 - e dg, and that of the novel half "
    "df dg - |dg|^2 / 2 + e dg, of any encoders. An aligned encoder (e = 0) that is not blind has "
    "the familiar half right whether it composes or not, and composes where cos(df, dg) is above "
    "|dg| / (2 |df|).",
    conditions="Embeddings of captions are unit vectors. Of descent: a finite world of Assumption "
    "4 whose drawn scenes are equiprobable.",
    source="Ours.",
    requires=(FINITE, EVERY_SCENE_HAS_AN_IMAGE, MAKES_HARD_NEGATIVES),
    measure=_measure,
    worlds={
        "white cat": colours_replaced,
        "one order of each pair": lambda: orders(0.0),
        "both orders of each pair": _both_orders,
    },
    controls=(
        Control("misaligned by more than half of dg", lambda: orders(0.0), _misaligned),
        Control("text that moves against images", lambda: orders(0.0), _away_from_images),
        Control("embeddings that are not unit vectors", lambda: orders(0.0), _longer),
        Control("a blind encoder", lambda: orders(0.0), _blind),
    ),
)

CLAIMS.register(T17.id, T17)
