"""Numbers and outcomes in words."""

from __future__ import annotations

import math

import pytest

from figures.page.wording import number, outcome, plain, predicted, share, without_places
from tests.figures.page.folders import verdict


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (1.0, "1"),
        (0.98765, "0.988"),
        (-0.5, "\u22120.500"),
        (1.56e-27, "1.6 \u00d7 10⁻²⁷"),
        (-3.6e-15, "\u22123.6 \u00d7 10⁻¹⁵"),
        (123456.0, "1.2 \u00d7 10⁵"),
        (math.nan, "nan"),
        (-math.inf, "-inf"),
    ],
)
def test_a_number_is_short(value, text):
    assert number(value) == text


def test_a_prediction_shows_on_which_side_there_is_slack():
    for relation, text in (
        ("~=", "≈ 0 ± 0.500"),
        (">=", "≥ 0 \u2212 0.500"),
        ("<=", "≤ 0 + 0.500"),
    ):
        assert predicted(verdict(relation=relation)) == text
    assert predicted(verdict(relation=">", tolerance=0.0)) == "> 0"


def test_a_finding_does_not_fail():
    assert [outcome(verdict(kind=kind, measured=9.0)) for kind in ("claim", "finding")] == [
        "fails",
        "no",
    ]
    assert outcome(verdict()) == "holds"


def test_a_share_is_in_per_cent():
    assert [share(value) for value in (0.0004, 0.012, 0.5, 1.0)] == [
        "< 0.1 %",
        "1.2 %",
        "50 %",
        "100 %",
    ]


@pytest.mark.parametrize(
    ("command", "left"),
    [
        ("tokenscm check --out /a/b/c", "tokenscm check --out …/c"),
        ("tokenscm check --out=/a/b/c/", "tokenscm check --out=…/c"),
        ("tokenscm check --out '/a b/c'", "tokenscm check --out '…/a b/c'"),
        ("tokenscm captions ~/x.json", "tokenscm captions …/x.json"),
        ("tokenscm captions C:\\a\\x.json", "tokenscm captions …/x.json"),
        ("tokenscm captions a/x.json", "tokenscm captions a/x.json"),
        ("tokenscm sweep sentence --grid a=1,2", "tokenscm sweep sentence --grid a=1,2"),
    ],
)
def test_a_command_does_not_say_where_it_ran(command, left):
    assert without_places(command) == left


def test_values_of_a_manifest_are_words():
    assert [plain(value) for value in (None, True, False, 0.25, 3, "a")] == [
        "unknown",
        "yes",
        "no",
        "0.250",
        "3",
        "a",
    ]
