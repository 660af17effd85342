"""What an operator returns is checked by whoever uses it, and kept within W."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from scm import (
    OPERATORS,
    Coverage,
    HardNegativesConfig,
    Replace,
    SceneConfig,
    Swap,
    Where,
    Word,
    apply_to_caption,
    apply_to_scenes,
    apply_to_tokens,
    rewritings,
)
from scm.arguments import ArgumentError
from scm.operators.orbits import scene_edges


@dataclass(frozen=True)
class Returns:
    """An operator that returns whatever a function makes of a copy of its rows."""

    results: Callable[..., Any]
    name: str = "MINE"

    def variants(self, grammar, rows):  # noqa: ARG002
        return self.results(rows)


def with_first(value):
    """One result a row: the first noun set to a value, said to be in T(y)."""

    def results(rows):
        first = (np.arange(rows.shape[1]) == 0)[None, :]
        changed = jnp.where(first, value, rows) if isinstance(rows, jax.Array) else None
        changed = np.where(first, value, rows) if changed is None else changed
        return changed[:, None, :], np.ones((len(rows), 1), bool)

    return results


def _in_place(rows):
    rows[:, 0] = 0
    return rows[:, None, :], np.ones((len(rows), 1), bool)


def _fails(rows):
    raise KeyError(rows.shape)


PAIRS = SceneConfig(nouns=("cat", "dog", "owl"), paraphrase=0.5)


TABLE = PAIRS.caption_table(jax.random.key(0))


@functools.cache
def pairs_world():
    return PAIRS.build(jax.random.key(0))


USERS = {
    "edges": lambda operator: TABLE.edges(operator),
    "orbits": lambda operator: TABLE.orbits([operator]),
    "support": lambda operator: TABLE.probability_of_support(operator),
    "captions": lambda operator: apply_to_caption(operator, PAIRS.grammar, "a cat left of a dog"),
    "tokens": lambda operator: apply_to_tokens(operator, PAIRS.grammar, TABLE.tokens),
    "scenes": lambda operator: apply_to_scenes(
        operator, PAIRS.grammar, PAIRS.grammar.space.concepts
    ),
    "scene edges": lambda operator: scene_edges(operator, PAIRS.grammar),
    "words": lambda operator: apply_to_caption(
        Word((Swap(), operator)), PAIRS.grammar, "a cat left of a dog"
    ),
    "where": lambda operator: TABLE.edges(Where(Swap(), operator)),
    "coverage": lambda operator: Coverage(operator).probability(PAIRS.grammar, jax.random.key(0)),
    "realised coverage": lambda operator: pairs_world().realised_coverage(operator),
    "rewritings": lambda operator: list(
        rewritings(pairs_world(), "a cat left of a dog", [operator], 2)
    ),
    "hard negatives": lambda operator: HardNegativesConfig(PAIRS, (operator,)).build(
        jax.random.key(0)
    ),
}
"""Everyone who uses an operator."""


def _one_too_wide(rows):
    return np.pad(rows, ((0, 0), (0, 1)))[:, None, :], np.ones((len(rows), 1), bool)


@pytest.mark.parametrize("use", USERS)
@pytest.mark.usefixtures("as_users_run")
def test_whoever_uses_an_operator_checks_what_it_returns(use):
    with pytest.raises(ArgumentError, match="MINE: expected object 0 noun from -1 to 2, got 99"):
        USERS[use](Returns(with_first(99)))
    with pytest.raises(ArgumentError, match=r"MINE: expected integers of shape \(\d+, variants"):
        USERS[use](Returns(_one_too_wide))


@pytest.mark.parametrize(
    ("results", "message"),
    [
        (with_first(-7), "MINE: expected object 0 noun from -1 to 2, got -7"),
        (
            lambda rows: (rows[:, None], np.ones((1, 1), bool)),
            r"booleans of shape \(12, variants\), got 'int32 \(12, 1, \d+\) and bool \(1, 1\)'",
        ),
        (lambda rows: (rows[:, None], np.ones((len(rows), 1))), r"and float64 \(12, 1\)'"),
        (lambda rows: (rows[:, None] * 1.0, np.ones((len(rows), 1), bool)), "got 'float64"),
        (lambda rows: (rows[:, None].tolist(), [[True]] * len(rows)), "got 'list and list'"),
        (lambda _: None, "MINE: expected rows of captions .* TypeError"),
        (_fails, "MINE: expected rows of captions and which of them are results, got KeyError"),
        (_in_place, "MINE: expected rows of captions .* read-only"),
    ],
)
@pytest.mark.usefixtures("as_users_run")
def test_what_are_no_captions_gets_one_sentence(results, message):
    with pytest.raises(ArgumentError, match=message):
        TABLE.edges(Returns(results))


def test_what_is_no_caption_is_no_result():
    """A required atom set to absent is well-typed, and taken out; no caption stands in for it."""
    operator = Returns(with_first(-1))
    assert len(TABLE.edges(operator).source) == 0
    assert TABLE.orbits([operator]).tolist() == list(range(len(TABLE.rows)))
    assert apply_to_caption(operator, PAIRS.grammar, "a cat left of a dog") == ()
    assert not apply_to_scenes(operator, PAIRS.grammar, PAIRS.grammar.space.concepts)[1].any()
    results, valid = apply_to_tokens(operator, PAIRS.grammar, TABLE.tokens)
    assert not valid.any()
    np.testing.assert_array_equal(results[:, 0], TABLE.tokens)


@pytest.mark.parametrize("value", [-1, 99])
def test_what_is_no_caption_is_no_result_inside_jit(value):
    """Values are not known there, yet results are captions of W and no others."""
    tokens = jnp.asarray(TABLE.tokens)
    operator = Returns(with_first(value))
    results, valid = jax.jit(lambda t: apply_to_tokens(operator, PAIRS.grammar, t))(tokens)
    assert not valid.any()
    np.testing.assert_array_equal(results[:, 0], tokens)
    wide = Returns(lambda rows: (rows[:, None, 1:], np.ones((len(rows), 1), bool)))
    with pytest.raises(ArgumentError, match="MINE: expected integers of shape"):
        jax.jit(lambda t: apply_to_tokens(wide, PAIRS.grammar, t))(tokens)


def test_an_operator_sees_well_formed_captions_alone():
    seen = []

    def record(rows):
        seen.append(np.array(rows))
        return rows[:, None, :], np.ones((len(rows), 1), bool)

    broken = TABLE.tokens[:, ::-1]
    assert not apply_to_tokens(Returns(record), PAIRS.grammar, broken)[1].any()
    assert PAIRS.grammar.well_formed(np.concatenate(seen)).all()


def test_a_result_that_comes_twice_counts_once():
    def twice(rows):
        results, valid = Replace("object 0 noun").variants(PAIRS.grammar, rows)
        return np.concatenate([results, results], 1), np.concatenate([valid, valid], 1)

    once, double = (
        TABLE.edges(operator) for operator in (Replace("object 0 noun"), Returns(twice))
    )
    np.testing.assert_array_equal(once, double)


def test_values_that_no_column_holds_are_not_well_formed():
    rows = PAIRS.grammar.plain(PAIRS.grammar.space.concepts[:1])
    for column, value in itertools.product(range(rows.shape[1]), (-9, 99)):
        wrong = np.where(np.arange(rows.shape[1]) == column, value, rows)
        assert not PAIRS.grammar.well_formed(wrong).any()


class NotBuilt:
    name = "NOT BUILT"

    def __init__(self, argument):
        self.argument = argument

    def variants(self, grammar, rows):
        raise NotImplementedError


class Nameless:
    def variants(self, grammar, rows):
        raise NotImplementedError


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (NotBuilt, "operator: expected a class that is built without arguments, got .*NotBuilt"),
        (Nameless, "operator: expected an object with a name and a method variants"),
        (Swap, "operator: expected a name that is not taken, got 'ADD'"),
    ],
)
@pytest.mark.usefixtures("as_users_run")
def test_what_is_no_operator_is_not_registered(entry, message):
    before = dict(OPERATORS)
    with pytest.raises(ArgumentError, match=message):
        OPERATORS.register("ADD" if entry is Swap else "MINE", entry)
    assert dict(OPERATORS) == before


@pytest.mark.parametrize("operator", [Nameless(), Swap, object()])
@pytest.mark.usefixtures("as_users_run")
def test_what_is_no_operator_is_said_to_be_none(operator):
    with pytest.raises(ArgumentError, match="operator: expected an object with a name"):
        TABLE.edges(operator)
