"""Shares, agreement, controls and the curve, of pairs whose operators are known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from experiments.captions.controls import MOST, control_pairs
from experiments.captions.findings import findings, where_paper_lies
from experiments.captions.pairs import CaptionPair
from experiments.captions.reading import Reading, Step
from experiments.captions.survey import kind_of, operator_named, survey
from experiments.results.record import select, values
from experiments.results.statistics import bootstrap_mean, bootstrap_means
from experiments.vocabulary import captions as words
from experiments.vocabulary import readings
from scm.arguments import ArgumentError

COLOURS = ["red", "blue", "green", "white", "black", "brown"]
THINGS = ["cup", "dog", "horse", "table", "lamp", "tree", "river", "house", "window", "plate"]


def made(n=60):
    """A third each of SWAP, REPLACE and ADD; of the last, every second is called a swap."""
    pairs = []
    for i in range(n):
        a, b, c = (THINGS[(i + k) % 10] for k in (0, 1, 3))
        colour, other = COLOURS[i % 6], COLOURS[(i + 1) % 6]
        caption = f"a {colour} {a} beside a {b} under a {c} {i}"
        negative, category = (
            (f"a {colour} {b} beside a {a} under a {c} {i}", "swap_obj"),
            (f"a {other} {a} beside a {b} under a {c} {i}", "replace_att"),
            (f"a {colour} {a} beside a small {b} under a {c} {i}", ("swap_att", "add_att")[i % 2]),
        )[i % 3]
        pairs.append(CaptionPair(caption, negative, "made", category, str(i)))
    return pairs


@pytest.fixture(scope="module")
def rows():
    return survey(made()).rows()


def test_shares_are_those_that_were_made(rows):
    whole = select(rows, category=words.ALL, metric=words.SHARE)
    assert {row.labels["kind"]: row.value for row in whole} == pytest.approx(
        {"SWAP": 1 / 3, "REPLACE": 1 / 3, "ADD": 1 / 3}
    )
    assert values(rows, setting="made", metric=words.ONE_OPERATION) == [1.0]
    assert all(row.labels["low"] <= row.value <= row.labels["high"] for row in whole)


def test_agreement_is_with_what_categories_name(rows):
    assert values(rows, setting="made", metric=words.AGREEMENT) == [pytest.approx(50 / 60)]
    assert values(rows, setting="made: add_att", metric=words.AGREEMENT) == [1.0]
    assert values(rows, setting="made: swap_att", metric=words.AGREEMENT_OF_ALL) == [0.0]


def test_the_curve_grows_with_what_an_atom_may_be(rows):
    curve = select(rows, metric=words.BY_DEFINITION, pairs=words.PAIRS)
    for counted in {row.labels["counted"] for row in curve}:
        shares = values(curve, counted=counted)
        assert shares == sorted(shares)
    assert "atoms of 1 words" in where_paper_lies(rows, "made")


def test_findings_never_gate_and_stand_beside_the_paper(rows):
    found = findings(rows, 1.0)
    assert {verdict.kind for verdict in found} == {"finding"}
    assert {verdict.method for verdict in found} == {"data"}
    by_id = {verdict.id: verdict for verdict in found}
    assert by_id["T6/made/one operation"].holds
    assert not by_id["T6/made/agreement with the category"].holds
    assert by_id["T6/made: random pairs/one operation"].holds


def test_controls_are_no_pairs():
    pairs = made(30)
    controls = control_pairs(pairs, np.random.default_rng(0))
    negatives = {(pair.caption, pair.negative) for pair in pairs}
    assert set(controls) == set(words.CONTROLS)
    assert not negatives & set(controls[words.RANDOM])
    assert all(one != other for one, other in controls[words.NEAREST])
    for caption, shuffled in controls[words.SHUFFLED]:
        assert sorted(caption.split()) == sorted(shuffled.split())
    nearest = dict(
        control_pairs(
            [CaptionPair(one, "") for one in ("a b c d", "a b c x", "p q r", "p q z")],
            np.random.default_rng(0),
        )[words.NEAREST]
    )
    assert nearest == {
        "a b c d": "a b c x",
        "a b c x": "a b c d",
        "p q r": "p q z",
        "p q z": "p q r",
    }
    assert control_pairs(pairs[:1], np.random.default_rng(0)) == {}
    many = [CaptionPair(f"cup {i}", f"dog {i}") for i in range(2 * MOST)]
    assert {len(of) for of in control_pairs(many, np.random.default_rng(0)).values()} == {MOST}


def test_the_same_seed_gives_the_same_rows(rows):
    assert survey(made()).rows() == rows
    assert survey(made(), seed=1).rows() != rows


@pytest.mark.parametrize(
    ("category", "operator"),
    [
        ("swap_obj", "SWAP"),
        ("replace_rel", "REPLACE"),
        ("add_att", "ADD"),
        ("actant-swap", "SWAP"),
        ("action-replacement", "REPLACE"),
        ("Negclip_Swap", "SWAP"),
        ("foil-it", None),
        ("address", "ADD"),
        ("ladder", None),
        ("swap and replace", None),
        ("", None),
    ],
)
def test_a_category_names_an_operator_or_none(category, operator):
    assert operator_named(category) == operator


def test_iterates_are_counted_apart():
    step = Step("SWAP", ("a", "b"))
    assert kind_of(Reading("SWAP", (step,))) == "SWAP"
    assert kind_of(Reading("SWAP", (step, step))) == words.ITERATED
    assert kind_of(Reading("ADD+REMOVE", (step, step))) == words.WITH_REMOVAL
    assert kind_of(Reading(readings.OTHER)) == readings.OTHER


def test_no_pair_is_refused():
    with pytest.raises(ArgumentError, match=r"^pairs: expected at least one pair"):
        survey([])


def test_the_bootstrap_has_the_spread_of_resampled_counts():
    values = np.repeat([1.0, 0.0], [30, 70])
    mean, interval = bootstrap_mean(values, np.random.default_rng(0))
    assert mean == pytest.approx(0.3)
    wanted = binom.ppf((0.025, 0.975), 100, 0.3) / 100
    assert interval is not None
    np.testing.assert_allclose(interval, wanted, atol=0.011)


def test_what_belongs_together_is_resampled_together():
    """Ten copies of each value are no more evidence than the value."""
    once = np.repeat([1.0, 0.0], [30, 70])
    groups = np.repeat(np.arange(100), 10)
    _, alone = bootstrap_mean(once, np.random.default_rng(0))
    _, together = bootstrap_mean(np.repeat(once, 10), np.random.default_rng(0), groups)
    assert alone is not None
    assert together == pytest.approx(alone)
    means, intervals = bootstrap_means(np.stack([once, 1.0 - once], 1), np.random.default_rng(0))
    assert intervals is not None
    np.testing.assert_allclose(means, [0.3, 0.7])
    np.testing.assert_allclose(intervals[1], 1.0 - intervals[0][::-1])
    assert bootstrap_means(once[:1, None], np.random.default_rng(0))[1] is None
    assert np.isnan(bootstrap_mean(np.empty(0), np.random.default_rng(0))[0])
