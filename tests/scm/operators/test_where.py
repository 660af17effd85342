"""Operators restricted to where another applies, and coverages of them."""

from __future__ import annotations

import jax
import pytest

from scm import Add, Coverage, Operator, SceneConfig, Swap, Where, apply_to_caption
from scm.scenes.coverage import base_orbits

FREE = Where(Swap("phrases"), Add())

GRAMMAR = SceneConfig(
    nouns=("disc", "ring"), attributes=(("red", "blue"),), optional_attributes=True
).grammar


@pytest.mark.parametrize(
    ("said", "swapped", "is_free"),
    [
        ("a disc left of a red ring", "a red ring left of a disc", True),
        ("a disc left of a ring", "a ring left of a disc", True),
        ("a blue disc left of a red ring", "a red ring left of a blue disc", False),
    ],
)
def test_results_are_those_of_the_operator_where_the_other_has_some(said, swapped, is_free):
    assert isinstance(FREE, Operator)
    assert FREE.name == "SWAP"
    assert apply_to_caption(Swap("phrases"), GRAMMAR, said) == (swapped,)
    assert apply_to_caption(FREE, GRAMMAR, said) == ((swapped,) if is_free else ())


def test_its_orbits_are_those_whose_scenes_have_results_of_both():
    """Each of two objects has one of two colours or none: 3 x 3 orbits, 2 x 2 with no free slot."""
    assert len(base_orbits(Swap("phrases"), GRAMMAR)) == 9
    orbits = base_orbits(FREE, GRAMMAR)
    assert [len(orbit) for orbit in orbits] == [2] * 5
    law = Coverage(FREE, rho=0.0).probability(GRAMMAR, jax.random.key(0))
    assert [int((law[orbit] > 0).sum()) for orbit in orbits] == [1] * 5
    assert (law > 0).sum() == 5
