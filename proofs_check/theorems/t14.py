"""T14: from language to vision: a blind text encoder against images of scenes never drawn.

Source: THEORY.md, T14.
"""

from __future__ import annotations

import math

import numpy as np

from proofs_check.claim import CLAIMS, Claim, Control
from proofs_check.comparison import Comparison
from proofs_check.finite.caption_world import caption_world
from proofs_check.finite.conditions import ASSUMPTION_4, EVERY_SCENE_HAS_AN_IMAGE
from proofs_check.finite.constructions import (
    image_orbits,
    pseudo_optimal_image,
    pseudo_optimal_text,
    true_optimal_image,
    true_optimal_text,
)
from proofs_check.finite.exchanged import exchanged
from proofs_check.finite.family_conditions import MAKES_HARD_NEGATIVES, ONE_SCENE_AN_ORBIT
from proofs_check.finite.finite_world import FiniteWorld
from proofs_check.finite.novel_pairs import NovelPairs, squared_distances
from proofs_check.finite.pairs import Pairs
from proofs_check.finite.table_encoder import TableEncoder, sphere_codes
from proofs_check.quantities.cosine_minimum import least_loss, minimise_by_cosine, most_misalignment
from proofs_check.theorems.pets import colours_replaced
from proofs_check.theorems.pseudo_optimality import ROUNDING, no_blind_optimum
from proofs_check.theorems.t6 import T6
from proofs_check.theorems.worlds import orders
from scm import SceneConfig, Swap
from scm.operators.orbits import Edges

_TEMPERATURE = 1.0
"""Of cosines. Far below it the losses of all separated encoders are alike."""

_MOST_SCENES = 16
"""Most scenes whose embeddings are sought by descent, in little time."""

_APART = 7.0
"""Two of n sphere codes have a cosine below 1 - 3.5 / n, and a squared distance above 7 / n."""


def _measure(world: FiniteWorld) -> list[Comparison]:
    f, g = true_optimal_image(world), pseudo_optimal_text(world)
    novel = NovelPairs.of(world)
    distances = squared_distances(f, g, novel.image, novel.negative)
    codes = sphere_codes(world.scenes)
    in_training = np.sum(world.support[novel.negative])
    between = codes[world.said[novel.negative]] - codes[world.said[novel.caption]]
    least = float(distances.min())
    return [
        *T6.measure(world),
        *_found_by_descent(world),
        *_paired(world, f, g, float(novel.probability @ np.sum(between**2, axis=1))),
        Comparison("least of novel pairs", ">=", _APART / world.scenes, least, identity=True),
        Comparison("novel pairs in training", "~=", 0.0, float(in_training), identity=True),
    ]


def _found_by_descent(world: FiniteWorld) -> list[Comparison]:
    """Distances of encoders that descent finds, the text encoder blind: an embedding an orbit.

    Scenes that are drawn are equiprobable, so that the least loss and what is left of misalignment
    are known. Images that are never drawn stay where they started, apart from all others.
    """
    scenes = np.bincount(world.scene, world.probability, world.scenes)
    scenes = scenes[scenes > 0]
    n = len(scenes)
    if not 2 <= n <= _MOST_SCENES or np.ptp(scenes) > ROUNDING:
        return []
    labels = int(world.orbit.max()) + 1
    # More outputs than a simplex of n corners takes: descent goes round its saddles.
    found = minimise_by_cosine(
        Pairs.of(world, world.orbit), world.images, labels, n + 2, temperature=_TEMPERATURE, seed=0
    )
    f, g = TableEncoder(found.images), TableEncoder(found.labels[world.orbit])
    own = np.zeros(world.captions, int)
    own[world.caption] = world.image
    novel = NovelPairs.of(world)
    moved = f.embeddings[novel.image] - f.embeddings[own[novel.caption]]
    predicted = float(novel.probability @ np.sum(moved**2, axis=1))
    training, measured = _distances(world, f, g)
    bound = most_misalignment(n, _TEMPERATURE, ROUNDING)
    # Distances on the sphere are at most 2, so that squares differ by 4 times what distances do.
    reach = 4 * min(1.0, math.sqrt(bound) / math.sqrt(_least_share(world, novel)))
    least = least_loss(n, _TEMPERATURE)
    return [
        Comparison("least L_inf by cosine, found by descent", "~=", least, found.value, ROUNDING),
        Comparison("E ||f(x) - g(y)||^2 in training, found", "~=", 0.0, training, bound),
        Comparison("E ||f(x~) - g(y')||^2, found", "~=", predicted, measured, reach),
    ]


def _least_share(world: FiniteWorld, novel: NovelPairs) -> float:
    """The least that p(x, y) is of the weight that (x, y) has among pairs with a hard negative."""
    drawn = np.bincount(world.caption, world.probability, world.captions)
    given_caption = world.probability / drawn[world.caption]
    return float(drawn[np.unique(novel.caption)].sum() * given_caption.min())


def _paired(
    world: FiniteWorld, f: TableEncoder, g: TableEncoder, predicted: float
) -> list[Comparison]:
    """E ||f(x) - g(y)||^2 of encoders in closed form: 0 in training, and of novel pairs."""
    training, measured = _distances(world, f, g)
    return [
        Comparison("E ||f(x) - g(y)||^2 in training", "~=", 0.0, training, ROUNDING, identity=True),
        Comparison("E ||f(x~) - g(y')||^2", "~=", predicted, measured, ROUNDING, identity=True),
    ]


def _distances(world: FiniteWorld, f: TableEncoder, g: TableEncoder) -> tuple[float, float]:
    novel = NovelPairs.of(world)
    training = world.probability @ squared_distances(f, g, world.image, world.caption)
    measured = novel.probability @ squared_distances(f, g, novel.image, novel.negative)
    return float(training), float(measured)


def _sighted_text(world: FiniteWorld) -> list[Comparison]:
    return _paired(world, true_optimal_image(world), true_optimal_text(world), 0.0)


def _blind_images(world: FiniteWorld) -> list[Comparison]:
    """f** merges z~ with z as g** does: it is optimal in training, but not true-optimal."""
    f = pseudo_optimal_image(world, image_orbits(world, list(_on_scenes(world).values())))
    return _paired(world, f, pseudo_optimal_text(world), 0.0)


def _centroids(world: FiniteWorld) -> list[Comparison]:
    """Novel pairs whose images and captions are of the same scenes, paired the other way."""
    f, g, novel = true_optimal_image(world), pseudo_optimal_text(world), NovelPairs.of(world)
    gap = novel.probability @ (f.embeddings[novel.image] - g.embeddings[novel.negative])
    codes = sphere_codes(world.scenes)[np.unique(world.scene)]
    return [
        Comparison("||E f(x~) - E g(y')||^2", "~=", 0.0, float(gap @ gap), ROUNDING, identity=True),
        *_paired(world, f, g, float(np.sum((codes[0] - codes[1]) ** 2))),
    ]


def _images(rho: float) -> FiniteWorld:
    """The world of `orders` with image and text exchanged, one image for each scene."""
    world = orders(rho)
    return exchanged(world, _on_scenes(world))


def _on_scenes(world: FiniteWorld) -> dict[str, Edges]:
    """What operators on captions do to the scenes they say."""
    return {name: Edges(world.said[y], world.said[z]) for name, (y, z) in world.edges}


def _converse_relations() -> FiniteWorld:
    """Each order is drawn from one viewpoint, and each scene is the other's hard negative."""
    config = SceneConfig(nouns=("cat", "dog"), paraphrase=0.5)
    drawn = {"a cat left of a dog": 1.0, "a cat right of a dog": 1.0}
    return caption_world(config, drawn, [Swap()])


T14 = Claim(
    id="T14",
    title="Blind text leaves images apart",
    statement="A true-optimal image encoder and a blind text encoder, which agree in training, are "
    "apart by ||h(z~) - h(z)|| on every novel pair: an image of z~ and a hard negative that says "
    "it of a training caption of z. T6 holds with image and text exchanged.",
    conditions="A finite world of Assumption 4 with an image of every scene; no orbit holds two "
    "training captions of different scenes, and operators make hard negatives of training "
    "captions.",
    source="Ours.",
    requires=(
        *ASSUMPTION_4,
        *(EVERY_SCENE_HAS_AN_IMAGE, MAKES_HARD_NEGATIVES, ONE_SCENE_AN_ORBIT),
    ),
    measure=_measure,
    worlds={
        "white cat": colours_replaced,
        "one order of each pair": lambda: orders(0.0),
        "images of one order": lambda: _images(0.0),
    },
    controls=(
        Control("sighted text", lambda: orders(0.0), _sighted_text),
        Control("blind images", lambda: orders(0.0), _blind_images),
        Control("centroids for pairs", _converse_relations, _centroids),
        Control(
            "images of both orders",
            lambda: _images(1.0),
            no_blind_optimum,
        ),
    ),
)

CLAIMS.register(T14.id, T14)
