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

import jax
import numpy as np
from hypothesis import strategies as st

from proofs_check.finite_world import FiniteWorld
from scm import OPERATORS, Coverage, SceneConfig
from scm.operators import Operator
from scm.orbits import Edges, orbits

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
def scene_settings(draw: Draw, operator: Operator | None = None) -> SceneConfig:
    """Settings of small scene worlds of one or two objects, with or without attributes.

    Args:
        draw: given by hypothesis.
        operator: one whose coverage the worlds may have; it changes a scene in each of them.
    """
    most = draw(st.integers(1, 2)) if operator is None else 2
    fewest = draw(st.integers(1, most)) if operator is None or operator.name != "ADD" else 1
    coverage = ()
    if operator is not None:
        rho = draw(st.sampled_from([0.0, 0.5, 1.0]))
        shown = draw(st.sampled_from(["structured", "hashed"]))
        coverage = (Coverage(operator, rho=rho, shown=shown),)
    return SceneConfig(
        nouns=("cat", "dog", "owl")[: draw(st.integers(2, 3))],
        attributes=draw(st.sampled_from([(), (("white", "black"),)])),
        optional_attributes=draw(st.booleans()),
        min_objects=fewest,
        max_objects=most,
        coverage=coverage,
        paraphrase=draw(st.sampled_from([0.0, 0.25])),
        definite=draw(st.sampled_from([0.0, 0.25])),
        synonyms=(("cat", "tomcat"),),
        synonym=draw(st.sampled_from([0.0, 0.25])),
    )


@st.composite
def scene_worlds(draw: Draw, names: Sequence[str] = NAMES) -> FiniteWorld:
    """The exact tables of scene worlds, with captions in words and a family of real operators.

    Args:
        draw: given by hypothesis.
        names: operators of `scm.OPERATORS` that the family may have.
    """
    used = draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
    family = [OPERATORS[name]() for name in used]
    config = draw(scene_settings(draw(st.sampled_from([None, family[0]]))))
    seed = draw(st.integers(0, 3))
    return FiniteWorld.from_scenes(config.build(jax.random.key(seed)), family)


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
