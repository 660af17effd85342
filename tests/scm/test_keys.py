"""Named keys: children by name, independent of each other and of which others are asked for."""

from __future__ import annotations

import zlib

import jax
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scm import named_key, numbered_key
from scm.keys import named_keys

KEY = jax.random.key(7)


@given(name=st.text(max_size=20))
def test_a_child_is_the_fold_of_its_name(name):
    expected = jax.random.fold_in(KEY, zlib.crc32(name.encode()))
    assert bool(named_key(KEY, name) == expected)


@given(number=st.integers(0, 2**32 - 1))
def test_a_numbered_child_is_the_fold_of_its_number(number):
    expected = jax.random.fold_in(KEY, np.uint32(number))
    assert bool(numbered_key(KEY, np.uint32(number)) == expected)


def test_named_children_at_once_are_those_one_by_one():
    names = ("world", "", "words", "world")
    at_once = named_keys(KEY, names)
    assert at_once.shape == (4,)
    for child, name in zip(at_once, names, strict=True):
        assert bool(child == named_key(KEY, name))


def test_a_key_is_computed_once_and_not_for_each_number_drawn_with_it():
    def drawn(key):
        for name in ("child", "grandchild", "further"):
            key = named_key(key, name)
        return jax.random.bits(key, (7,)), jax.random.bits(key, (5,))

    program = jax.jit(drawn).lower(KEY).compile().as_text() or ""
    # A cipher of two words has 20 rounds with one exclusive or each, and one in its key.
    assert program.count(" xor(") < (3 + 2) * 21 + 10


def test_children_differ_by_name_and_by_parent():
    children = [named_key(parent, name) for parent in (KEY, jax.random.key(8)) for name in "abc"]
    assert len({tuple(jax.random.key_data(child).tolist()) for child in children}) == 6


def test_streams_of_two_names_are_uncorrelated():
    a, b = (np.asarray(jax.random.normal(named_key(KEY, name), (20_000,))) for name in "ab")
    # The correlation of independent samples has standard error 1 / sqrt(N).
    assert abs(np.corrcoef(a, b)[0, 1]) < 5 / 20_000**0.5
