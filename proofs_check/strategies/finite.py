"""Hypothesis strategies: small random worlds, operators and families, for property tests.

    @given(finite_worlds())
    def test_my_claim(world):
        assert_claim(MY_CLAIM, world)

All worlds are small, so that hundreds take a second. They meet the conditions of the token-level
claims (Assumption 4) but for what orbits hold: see ``permissive``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st

from proofs_check.finite.caption_world import blank_table, with_law
from proofs_check.finite.feature_world import FeatureWorld
from proofs_check.finite.finite_world import FiniteWorld
from scm import OPERATORS, SceneConfig
from scm.operators.orbits import Edges, orbits

NAMES = ("SWAP", "REPLACE", "ADD")
"""The names of random operators."""

MOST_CAPTIONS = 9
"""Most captions of a random finite world."""

Draw = Callable[..., Any]


@st.composite
def families(draw: Draw, captions: int, names: Sequence[str] = NAMES) -> dict[str, Edges]:
    """Families of one or more operators on captions, each with any edges.

    An operator may be partial, so that some captions have no result; multi-valued; an involution
    or none; it may also lead from a caption to itself.

    Args:
        draw: given by hypothesis.
        captions: the number of captions.
        names: what the operators may be called.
    """
    caption = st.integers(0, captions - 1)
    edges = st.lists(st.tuples(caption, caption), min_size=1, max_size=captions)
    used = draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
    return {name: _edges(draw(edges)) for name in used}


@st.composite
def finite_worlds(
    draw: Draw, names: Sequence[str] = NAMES, *, permissive: bool = False
) -> FiniteWorld:
    """Finite worlds of Assumption 4, with a family of operators.

    One to four scenes with one to two images each and any captions; some captions, and so some
    scenes, are never drawn. Image and caption are independent given the scene.

    Args:
        draw: given by hypothesis.
        names: what the operators may be called.
        permissive: whether no orbit holds two training captions that say different scenes, so that
            a blind optimum exists (T6). Otherwise orbits hold what they hold.
    """
    scenes = draw(st.integers(1, 4))
    scene = st.integers(0, scenes - 1)
    said = np.array(draw(st.lists(scene, min_size=1, max_size=MOST_CAPTIONS)))
    captions = len(said)
    family = draw(families(captions, names))
    weight = np.array(draw(_weights(captions)))
    if permissive:
        weight[_against_the_first(orbits(captions, list(family.values())), said, weight > 0)] = 0
    # Image 2z and, where it has a weight, image 2z + 1 show scene z.
    second = np.array(draw(st.lists(st.integers(0, 2), min_size=scenes, max_size=scenes)))
    given_scene = np.stack([np.ones(scenes), second], axis=1) / (1.0 + second)[:, None]
    joint = (weight / weight.sum())[:, None] * given_scene[said]
    caption, which = np.nonzero(joint)
    return FiniteWorld(
        scenes=scenes,
        shown=np.repeat(np.arange(scenes), 2),
        said=said,
        image=2 * said[caption] + which,
        scene=said[caption],
        caption=caption,
        probability=joint[caption, which],
        operators=family,
    )


@st.composite
def noisy_worlds(draw: Draw, names: Sequence[str] = NAMES) -> FiniteWorld:
    """Finite worlds in which any image may be drawn with any caption, and a family of operators.

    Captions say their scene, and images show one with noise, so that critics attain the infimum.

    Args:
        draw: given by hypothesis.
        names: what the operators may be called.
    """
    scenes = draw(st.integers(2, 4))
    captions = draw(st.integers(scenes, 5))
    said = np.arange(captions) % scenes
    weight = np.array(draw(st.lists(st.integers(1, 9), min_size=scenes, max_size=scenes)), float)
    odds = st.lists(st.integers(1, 9), min_size=scenes * captions, max_size=scenes * captions)
    joint = (weight[:, None] * np.array(draw(odds)).reshape(scenes, captions)).ravel()
    image, caption = np.divmod(np.arange(joint.size), captions)
    return FiniteWorld(
        scenes=scenes,
        shown=np.arange(scenes),
        said=said,
        image=image,
        scene=said[caption],
        caption=caption,
        probability=joint / joint.sum(),
        operators=draw(families(captions, names)),
    )


@st.composite
def feature_worlds(draw: Draw, names: Sequence[str] = NAMES) -> FeatureWorld:
    """Finite worlds of images and captions as vectors of two or three small integers.

    Half of them have one vector for each scene, of its images and captions alike.

    Args:
        draw: given by hypothesis.
        names: what the operators may be called.
    """
    world = draw(st.one_of(finite_worlds(names), noisy_worlds(names)))
    size = draw(st.integers(2, 3))
    entries = st.lists(st.integers(-2, 2), min_size=size, max_size=size)

    def features(n: int) -> np.ndarray:
        return np.array(draw(st.lists(entries, min_size=n, max_size=n)), float)

    if draw(st.booleans()):
        scenes = features(world.scenes)
        return FeatureWorld(world, scenes[world.shown], scenes[world.said])
    return FeatureWorld(world, features(world.images), features(world.captions))


@st.composite
def scene_settings(draw: Draw) -> SceneConfig:
    """Settings of small scene worlds of one or two objects, with or without attributes."""
    most = draw(st.integers(1, 2))
    return SceneConfig(
        nouns=("cat", "dog", "owl")[: draw(st.integers(2, 3))],
        attributes=draw(st.sampled_from([(), (("white", "black"),)])),
        optional_attributes=draw(st.booleans()),
        relations=draw(st.sampled_from([("horizontal",), ("vertical",)])),
        min_objects=draw(st.integers(1, most)),
        max_objects=most,
        paraphrase=draw(st.sampled_from([0.0, 0.25])),
        synonyms=(("cat", "tomcat"),),
        synonym=draw(st.sampled_from([0.0, 0.25])),
    )


@st.composite
def scene_worlds(
    draw: Draw, names: Sequence[str] = NAMES, *, permissive: bool = False
) -> FiniteWorld:
    """Scene worlds with captions in words, a family of real operators, and any law of captions.

    Args:
        draw: given by hypothesis.
        names: operators of `scm.OPERATORS` that the family may have.
        permissive: see `finite_worlds`.
    """
    used = draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
    family = [OPERATORS[name]() for name in used]
    table = blank_table(draw(scene_settings()).grammar)
    # Up to hundreds of captions: their weights from a generator, for speed.
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    drawn = rng.random(len(table.rows)) < draw(st.sampled_from([0.1, 0.5, 1.0]))
    drawn[rng.integers(len(drawn))] = True
    weight = drawn * rng.integers(1, 5, len(drawn))
    if permissive:
        label = table.orbits(family)
        weight[_against_the_first(label, table.scene, drawn)] = 0
    return FiniteWorld.from_captions(with_law(table, weight / weight.sum()), family)


def _edges(pairs: Sequence[tuple[int, int]]) -> Edges:
    return Edges(*np.array(pairs).T)


def _weights(n: int) -> st.SearchStrategy[list[int]]:
    """Weights of captions, some 0 but not all."""
    return st.lists(st.integers(0, 4), min_size=n, max_size=n).filter(any)


def _against_the_first(label: np.ndarray, said: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Which captions say another scene than the first of their orbit that is drawn."""
    order = np.lexsort((~drawn, label))
    first = order[np.unique(label[order], return_index=True)[1]]
    return said != said[first[label]]
