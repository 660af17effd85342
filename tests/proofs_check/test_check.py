"""Exact checks: verdicts of worlds and controls, and claims as assertions."""

from __future__ import annotations

import dataclasses

import pytest

from proofs_check import (
    CLAIMS,
    T2,
    Comparison,
    Condition,
    ConditionError,
    Control,
    assert_claim,
    check_claim,
    run_checks,
)
from scm.arguments import ArgumentError

SMALL = dataclasses.replace(
    T2,
    requires=(Condition("a number of at least 0", lambda world: world >= 0),),
    measure=lambda world: [
        Comparison("size", "<=", 1.0, world),
        Comparison("square", "~=", 0.25, world**2, 0.125),
    ],
    worlds={"half": lambda: 0.5},
    controls=(
        Control("two", lambda: 2.0, lambda world: [Comparison("size", ">=", 1.5, world)]),
        Control("three", lambda: 3.0, lambda world: [Comparison("size", "<=", 1.5, world)]),
    ),
)


@pytest.fixture
def only_small(hold):
    other = dataclasses.replace(SMALL, id="T5", controls=())
    hold(CLAIMS, {"T2": SMALL, "T5": other})


@pytest.mark.usefixtures("only_small")
def test_worlds_come_before_controls_and_claims_in_order():
    verdicts = run_checks()
    assert [(v.id, v.kind, v.holds) for v in verdicts] == [
        ("T2/half/size", "claim", True),
        ("T2/half/square", "claim", True),
        ("T2/two/size", "control", True),
        ("T2/three/size", "control", False),
        ("T5/half/size", "claim", True),
        ("T5/half/square", "claim", True),
    ]
    assert {(v.method, v.study, v.interval) for v in verdicts} == {("exact", "check", None)}
    assert all(v.seconds >= 0 for v in verdicts)
    assert [v.id for v in run_checks(("T5",))] == ["T5/half/size", "T5/half/square"]


@pytest.mark.usefixtures("only_small")
def test_an_unknown_claim_is_one_sentence():
    with pytest.raises(ArgumentError, match="only: expected one of T2, T5, got 'T99'"):
        run_checks(("T99",))
    with pytest.raises(ArgumentError, match="claim: expected one of T2, T5, got 'T99'"):
        assert_claim("T99", 0.5)


@pytest.mark.usefixtures("only_small")
def test_a_claim_is_asserted_of_a_world():
    assert_claim("T2", 0.5)
    assert_claim(SMALL, 0.5)
    with pytest.raises(AssertionError) as caught:
        assert_claim("T2", 0.125)
    assert str(caught.value) == "T2: expected square ~= 0.25 ± 0.125, measured 0.015625"
    with pytest.raises(AssertionError, match=r"T2: expected size <= 1, measured 2$"):
        assert_claim("T2", 2.0)


def test_a_condition_that_is_not_met_is_named():
    with pytest.raises(ConditionError, match="world: expected a number of at least 0"):
        assert_claim(SMALL, -1.0)
    with pytest.raises(ConditionError, match="world: expected a number of at least 0"):
        check_claim(SMALL, -1.0, "negative")


@pytest.mark.parametrize("name", [f"T{number}" for number in range(6, 18)])
def test_what_is_no_finite_world_is_refused_in_a_sentence(name):
    with pytest.raises(ConditionError, match=rf"world: expected a FiniteWorld \({name}\)"):
        assert_claim(name, object())
