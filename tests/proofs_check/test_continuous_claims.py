"""T2 and T5: they hold in random worlds, and fail as predicted where a condition is dropped."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings

from proofs_check import T2, T5, ConditionError, Fold, SampledWorld
from proofs_check.strategies_continuous import sentence_worlds, token_worlds
from scm import SentenceConfig, TokenConfig
from scm.checks import ArgumentError

WORLDS = 200


def failing(comparisons):
    return [comparison for comparison in comparisons if not comparison.holds]


@settings(max_examples=WORLDS)
@given(sentence_worlds())
def test_t2_holds_in_sentence_worlds(world):
    assert world.config.satisfies_assumption_1
    assert failing(T2.compare(world)) == []


@settings(max_examples=WORLDS)
@given(token_worlds())
def test_t5_holds_in_token_worlds(world):
    assert world.config.satisfies_assumption_4
    assert failing(T5.compare(world)) == []
