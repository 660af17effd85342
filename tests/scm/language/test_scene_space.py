"""Concepts as classes, against the values that an enumeration of all scenes finds."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest

from scm import SceneConfig

TWO_COLOURS = (("red", "blue"),)


@pytest.mark.parametrize(
    "config",
    [
        SceneConfig(attributes=TWO_COLOURS),
        SceneConfig(attributes=TWO_COLOURS, optional_attributes=True),
        SceneConfig(attributes=TWO_COLOURS, min_objects=1, max_objects=3),
        SceneConfig(relations=("vertical",)),
        SceneConfig(min_objects=1, max_objects=1),
    ],
    ids=["all there", "optional attributes", "one to three objects", "vertical", "one object"],
)
def test_classes_are_the_values_that_occur_absence_among_them(config):
    space = config.grammar.space
    found = space.classes(space.concepts)
    np.testing.assert_array_equal(space.classes(jnp.asarray(space.concepts)), found)
    for column, count in enumerate(space.class_counts):
        values, wanted = np.unique(space.concepts[:, column], return_inverse=True)
        np.testing.assert_array_equal(found[:, column], wanted)
        assert count == len(values)
