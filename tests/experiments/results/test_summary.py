"""What a report found in short: counts, the thinnest margin, failures, what to read first."""

from __future__ import annotations

import dataclasses
import math

import pytest

from experiments.results.summary import EVIDENCE, Tally, failures, headlines, statements
from proofs_check import CLAIMS, Verdict

BASE = Verdict(
    id="a",
    claim="T2",
    kind="claim",
    method="trained",
    study="sentence",
    setting="a",
    metric="R2",
    relation=">=",
    predicted=0.5,
    measured=1.0,
    interval=None,
    tolerance=0.0,
    seconds=0.0,
)


def verdict(**changes):
    return dataclasses.replace(BASE, **changes)


@pytest.mark.parametrize(
    ("changes", "margin"),
    [
        ({}, 0.5),
        ({"relation": "<=", "measured": 0.4}, 0.2),
        ({"relation": "<=", "measured": 0.6}, -1 / 6),
        ({"relation": "~=", "measured": 0.52, "tolerance": 0.04}, 0.5),
        ({"relation": "~=", "measured": 0.58, "tolerance": 0.04}, -1.0),
        ({"relation": "~=", "tolerance": 0.0, "measured": 0.5}, None),
        ({"method": "exact", "measured": 0.5 + 1e-9, "tolerance": 1e-9}, 2.0),
        ({"method": "exact", "measured": 0.7}, None),
        # A strict relation asks it of the whole interval.
        ({"relation": ">", "measured": 1.0, "interval": (0.6, 1.4)}, 1 / 6),
        ({"predicted": 0.0, "measured": 0.0}, None),
    ],
)
def test_margins_are_shares_of_the_room(changes, margin):
    found = verdict(**changes).margin
    assert found == (None if margin is None else pytest.approx(margin))


def test_a_margin_is_negative_where_a_verdict_does_not_hold():
    for relation in (">=", "<=", "~=", ">"):
        for measured in (0.1, 0.49, 0.51, 0.9):
            one = verdict(relation=relation, measured=measured, tolerance=0.1)
            if one.method == "trained" and relation == ">":
                one = verdict(relation=relation, measured=measured, interval=(measured, measured))
            assert one.margin is not None
            assert (one.margin > 0) == one.holds


def test_statements_count_evidence_and_find_the_thinnest():
    found = statements(
        [
            verdict(id="far", claim="T5"),
            verdict(id="near", measured=0.51),
            verdict(id="fails", measured=0.4, kind="control"),
            verdict(id="identity", measured=0.1, kind="identity"),
            verdict(id="finding", measured=0.1, kind="finding"),
            verdict(id="broken", claim="T6", measured=math.nan),
            verdict(id="count", claim="T7", relation="~=", measured=0.5),
        ]
    )
    assert [(one.claim, one.tally.held, one.tally.of) for one in found] == [
        ("T2", 1, 2),
        ("T5", 1, 1),
        ("T6", 0, 1),
        ("T7", 1, 1),
    ]
    assert found[0].title == CLAIMS["T2"].title
    assert [one.thinnest and one.thinnest.id for one in found] == ["fails", "far", "broken", None]


def test_failures_gate_and_headlines_come_from_what_builds_on_others():
    some = [
        verdict(id="finding", measured=0.1, kind="finding"),
        verdict(id="identity", measured=0.1, kind="identity"),
        *(verdict(id=str(number), headline=True) for number in range(4)),
    ]
    assert [one.id for one in failures(some)] == ["identity"]
    assert [one.id for one in headlines(some)] == ["1", "2", "3"]
    assert headlines(some[:2]) == []
    assert str(Tally.count(some, *EVIDENCE, "identity")) == "4 of 5"


def test_titles_fit_a_line():
    assert all(0 < len(claim.title) <= 36 for claim in CLAIMS.values())
