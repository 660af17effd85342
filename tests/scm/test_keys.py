"""Named keys: children by name, independent of each other and of which others are asked for."""

from __future__ import annotations

import zlib

import jax
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scm import named_key

KEY = jax.random.key(7)


@given(name=st.text(max_size=20))
def test_a_child_is_the_fold_of_its_name(name):
    expected = jax.random.fold_in(KEY, zlib.crc32(name.encode()))
    assert bool(named_key(KEY, name) == expected)


def test_children_differ_by_name_and_by_parent():
    children = [named_key(parent, name) for parent in (KEY, jax.random.key(8)) for name in "abc"]
    assert len({tuple(jax.random.key_data(child).tolist()) for child in children}) == 6


def test_streams_of_two_names_are_uncorrelated():
    a, b = (np.asarray(jax.random.normal(named_key(KEY, name), (20_000,))) for name in "ab")
    # The correlation of independent samples has standard error 1 / sqrt(N).
    assert abs(np.corrcoef(a, b)[0, 1]) < 5 / 20_000**0.5
