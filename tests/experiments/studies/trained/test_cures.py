"""The study of cures: verdicts follow from rows, predictions from closed forms, tiny runs end."""

from __future__ import annotations

import dataclasses
import math

import jax
import numpy as np
import pytest
import scipy.stats

from experiments.encoders import BagOfWordsConfig, WordsInPlacesConfig
from experiments.probes.composition import HardPairs
from experiments.probes.encoded_world import FreshPairs
from experiments.results.record import Measurement, select, values
from experiments.studies import STUDIES
from experiments.studies.shared.operator_worlds import K
from experiments.studies.trained.cures import READ, TILT_TOLERANCE, CuresStudy
from experiments.studies.trained.cures_measures import REJECTION, tilted, tilts
from experiments.studies.trained.cures_points import (
    ALL_ORDERS,
    BASE,
    FAMILY,
    ODDS,
    POINTS,
    QUICK,
    SWAPPED,
    scenes,
    share_name,
)
from experiments.training.config import require_start
from experiments.training.run import lineage
from experiments.vocabulary import cures as kinds
from experiments.vocabulary.negatives import NONE, OWN_ONLY, SHARED
from experiments.vocabulary.tolerances import LOSS_TOLERANCE
from proofs_check import accuracy
from proofs_check.quantities.iterated import iterated
from scm.operators.result_table import ResultTable
from tests.experiments.tiny_studies import (
    assert_quick_is_part_of_full,
    finish_tiny,
    judged,
    untrained,
)

STUDY = CuresStudy()
OPTIMUM = 0.33
BY_NAME = {point.name: point for point in POINTS}

GROUP = {0.002: (0.1, 0.0), 0.01: (0.2, 0.0), 0.05: (0.4, 0.2), 0.2: (0.6, 0.7), 0.5: (0.7, 0.8)}
"""Group scores without and with negatives by the share of true pairs: they cross once."""


def ideal(setting):
    """Rows in which negatives reject what is never drawn, and the tilt explains the rest."""
    labels = setting.parameters
    negatives, share = labels["negatives"] != NONE, labels["share"]
    scores = {"familiar image": 0.8, "novel image": 0.4, "group score": 0.1}
    if labels["kind"] == kinds.REFERENCE:
        scores = dict.fromkeys(scores, 1.0)
    elif negatives and not share:
        scores = {name: REJECTION[name] for name in scores}
    elif share:
        scores = {
            "familiar image": 0.9,
            "novel image": 0.85,
            "group score": GROUP[share][negatives],
        }
    found = [("measured", name, value, {}) for name, value in scores.items()]
    found += [
        ("measured", "hard positive", 0.8, {}),
        ("measured", "retrieval", 1.0, {}),
        ("measured", "text only", 0.5 if share == 0.5 else 1.0, {}),
        ("measured", "held-out loss", OPTIMUM, {}),
        ("predicted", "held-out loss", OPTIMUM, {}),
    ]
    if share and not negatives:
        told = scores | {"group score": GROUP[share][1], "tilt": math.log((1 - share) / share)}
        found += [
            ("predicted", name, value, {"predicts": "negatives"}) for name, value in told.items()
        ]
    return [
        STUDY.row(setting, Measurement(metric, value, role, more, seed))
        for seed in setting.trained.seeds
        for role, metric, value, more in found
    ]


@pytest.fixture(scope="module")
def rows():
    return [row for setting in STUDY.settings("full") for row in ideal(setting)]


def gating(verdicts):
    return [verdict for verdict in verdicts if verdict.gates]


def test_the_theorys_rows_make_every_claim_hold(rows):
    verdicts = judged(STUDY, rows)
    assert STUDIES["cures"].name == STUDY.name
    assert all(v.holds for v in gating(verdicts))
    assert {v.claim for v in verdicts} == {"T16"}
    assert {v.kind for v in verdicts} == {"claim", "control", "identity", "finding"}
    assert len({v.id for v in verdicts}) == len(verdicts)
    claims = {v.setting for v in verdicts if v.kind == "claim"}
    assert claims == {NONE, OWN_ONLY, SHARED}
    assert {v.setting for v in verdicts if v.kind == "control"} == {
        *(share_name(0.5, seen) for seen in (OWN_ONLY, SHARED)),
        "salience 1, own-only",
    }
    # All claims and the control are asked by the quick preset too.
    assert claims | {share_name(0.5, OWN_ONLY)} <= set(QUICK)


MOVES = {"retrieval": -0.02, "familiar image": -0.02, "text only": -0.02, "held-out loss": 1.0}


def test_every_verdict_that_gates_turns_when_its_rows_do(rows):
    for verdict in gating(judged(STUDY, rows)):
        metric = verdict.id.rsplit("/")[-1]
        by = MOVES.get(metric, -0.3 if verdict.kind == "control" else 0.06)
        moved = [
            dataclasses.replace(row, value=row.value + by)
            if (row.setting, row.metric, row.labels["role"])
            == (verdict.setting, metric, "measured")
            else row
            for row in rows
        ]
        turned = [v.id for v in gating(judged(STUDY, moved)) if not v.holds]
        assert turned == [verdict.id]


def derived(rows, metric, **wanted):
    return select(STUDY.derive(rows), metric=metric, **wanted)


def test_changes_are_against_no_cure_and_against_the_same_without_negatives(rows):
    found = derived(rows, "gain in group score", setting=share_name(0.05, SHARED), seed=3)
    assert {row.labels["against"]: round(row.value, 9) for row in found} == {
        NONE: round(0.2 - 0.1, 9),
        share_name(0.05): round(0.2 - 0.4, 9),
    }
    assert not derived(rows, "gain in group score", setting=NONE)
    against = {row.labels["against"] for row in derived(rows, "gain in novel image")}
    assert against == {NONE, *map(share_name, ODDS)}


def test_what_tilts_predict_stands_where_it_is_measured(rows):
    for share in ODDS:
        for seen in (OWN_ONLY, SHARED):
            name = share_name(share, seen)
            (row,) = derived(rows, "group score", setting=name, role="predicted", seed=1)
            assert row.value == GROUP[share][1]
            assert row.labels["negatives"] == seen
            assert "predicts" not in row.labels


def test_negatives_help_from_the_share_on_where_straight_lines_cross(rows):
    """Between 0.05 and 0.2, two thirds of the way by log odds: from -0.2 to 0.1."""
    low, high = (math.log(share / (1 - share)) for share in (0.05, 0.2))
    wanted = low + (high - low) * 2 / 3
    for seen in (OWN_ONLY, SHARED):
        found = derived(rows, "crossing share", negatives=seen)
        assert {row.seed for row in found} == {0, 1, 2, 3, 4}
        np.testing.assert_allclose(
            [math.log(row.value / (1 - row.value)) for row in found], wanted, rtol=1e-9
        )
        tilt = values(STUDY.derive(rows), metric="tilt", role="measured", negatives=seen)
        np.testing.assert_allclose(tilt, -wanted, rtol=1e-9)


def test_where_negatives_never_help_or_always_do_nothing_crosses(rows):
    for by in (-1.0, 1.0):
        moved = [
            dataclasses.replace(row, value=row.value + by)
            if row.metric == "group score" and row.labels["kind"] == kinds.PAIRS_AND_NEGATIVES
            else row
            for row in rows
        ]
        assert not derived(moved, "crossing share")


def test_quick_is_a_part_of_full():
    quick, full = assert_quick_is_part_of_full(STUDY)
    assert set(quick) == set(QUICK)
    assert len(full) == len(POINTS)
    assert all(one.trained.seeds == (0, 1, 2, 3, 4) for one in full.values())


def test_points_differ_from_none_in_what_they_are_called_for():
    assert BY_NAME[NONE].config == BASE
    for point in POINTS:
        require_start(point.config)
        started = [run.config for run in lineage(point.setting((0,)).trained)]
        is_started = point.kind in (kinds.FINE_TUNED, kinds.LINEAR, kinds.FROZEN)
        assert len(started) == 1 + is_started
        if is_started:
            assert started[-1] == (ALL_ORDERS if "all orders" in point.name else BASE)
        assert point.config.objective.reads_negatives == (point.negatives != NONE)


@pytest.fixture(scope="module")
def table():
    return FreshPairs.draw(BASE.build_world(0), FAMILY, jax.random.key(0), pairs=64).table


def test_hard_negatives_say_what_the_points_say_of_them(table):
    """One of SWAP, never drawn; 28 of REPLACE, half of them drawn; at depth 2 all other scenes."""
    drawn = np.flatnonzero(table.support)
    assert len(drawn) == 2 * 120
    for edges, count, share in (
        (table.operators["SWAP"], 1, 0.0),
        (table.operators["REPLACE"], 28, 0.5),
    ):
        found = ResultTable.of_hard_negatives(edges, table.said)
        assert set(found.count[drawn]) == {count}
        targets = np.concatenate(
            [found.target[found.first[y] : found.first[y] + found.count[y]] for y in drawn]
        )
        # Which order an orbit shows is drawn at random.
        assert table.support[targets].mean() == pytest.approx(share, abs=0.1 * share)
    for depth in (2, 3):
        words = iterated(table, depth).operators[f"WORDS {depth}"]
        found = ResultTable.of_hard_negatives(words, table.said)
        assert set(found.count[drawn]) == {table.scenes - 1}


@pytest.mark.parametrize("share", ODDS)
def test_the_tilt_of_odds_is_its_closed_form(share):
    config = BY_NAME[share_name(share)].config
    fresh = FreshPairs.draw(config.build_world(0), [SWAPPED], jax.random.key(0), pairs=256)
    rows = np.arange(256)
    table = fresh.table
    other = ResultTable.of_hard_negatives(table.operators["SWAP"], table.said)
    negative = other.target[other.first[fresh.caption]]
    encoded = fresh.encode(config.build_encoders(0))
    pairs = HardPairs(encoded, rows, negative, encoded.image)
    wanted = math.log((1 - share) / share)
    np.testing.assert_allclose(np.abs(tilts(table, pairs)), abs(wanted), rtol=1e-9, atol=1e-12)
    if share < 0.5:
        rarer = np.bincount(table.caption, table.probability)[negative]
        usual = np.bincount(table.caption, table.probability)[fresh.caption]
        np.testing.assert_array_equal(tilts(table, pairs) > 0, rarer < usual)


def test_a_tilt_shifts_margins_in_nats():
    """Of a share so small that no margin withstands: the benchmark's half is 1, the other 0."""
    config = dataclasses.replace(
        BY_NAME[share_name(0.002)].config, text_encoder=WordsInPlacesConfig(32, (8,))
    )
    fresh = FreshPairs.draw(config.build_world(0), [SWAPPED], jax.random.key(1), pairs=128)
    encoders = config.build_encoders(0)
    encoders.log_temperature.set_value(jax.numpy.float32(math.log(10.0)))
    encoded = fresh.encode(encoders)
    pairs = HardPairs.draw(encoded, fresh.table.operators["SWAP"], jax.random.key(2))
    tilt = tilts(fresh.table, pairs)
    usual = pairs.where(tilt > 0)
    found = tilted(usual)
    assert (found["familiar image"], found["novel image"], found["group score"]) == (1, 0, 0)
    assert found["tilt"] == pytest.approx(math.log(499), rel=1e-6)
    # At a temperature of almost 0 scores withstand it.
    encoders.log_temperature.set_value(jax.numpy.float32(-40.0))
    untouched, wanted = tilted(usual), usual.measure()
    for metric in ("familiar image", "novel image", "group score", "text score"):
        assert untouched[metric] == pytest.approx(wanted[metric], abs=1e-9)


def tiny(name, text, **changes):
    one, seeds = finish_tiny(BY_NAME[name].setting((3,)), untrained, text_encoder=text, **changes)
    rows = STUDY.rows(one, seeds)
    assert all(np.isfinite(row.value) and row.seed == 3 for row in rows)
    return rows


def value(rows, metric, role="measured"):
    return values(rows, metric=metric, role=role)[0]


READER, BAG = WordsInPlacesConfig(32, (8,)), BagOfWordsConfig(32, (8,))


def binomial(chances):
    """E_C log(1 + Bin(K - 1, P(C)))."""
    j = np.arange(K)
    terms = [p * float(scipy.stats.binom.pmf(j, K - 1, p) @ np.log1p(j)) for p in chances]
    return float(np.sum(terms))


def test_a_tiny_study_has_the_optimum_of_its_odds_and_asks_of_the_usual_order():
    rows = tiny(share_name(0.05), READER)
    wanted = binomial([0.95 / 120] * 120 + [0.05 / 120] * 120)
    assert value(rows, "held-out loss", "predicted") == pytest.approx(wanted, rel=1e-9)
    assert value(rows, "text only") == 1.0
    assert value(rows, "tilt", "predicted") == pytest.approx(math.log(19), rel=1e-6)
    for role in ("measured", "baseline"):
        found = {row.metric for row in select(rows, role=role)}
        assert {"retrieval", "hard positive", "group score", "told by the text alone"} <= found


def test_a_blind_encoder_ties_on_what_is_asked_and_rejection_is_predicted():
    rows = tiny(OWN_ONLY, BAG)
    tied = float(accuracy(np.zeros(1), np.zeros(1)).accuracy)
    assert value(rows, "familiar image") == value(rows, "novel image") == tied
    assert {name: value(rows, name, "predicted") for name in REJECTION} == REJECTION


def test_paraphrases_that_training_drew_are_asked_about_all_the_same():
    rows = tiny("hard positives, own-only", READER)
    other = tiny(OWN_ONLY, READER)
    assert 0.0 < value(rows, "hard positive") < 1.0
    for metric in ("held-out loss", "text only"):
        assert value(rows, metric) == pytest.approx(value(other, metric), abs=1e-5)


def test_a_sigmoid_loss_is_beside_its_own_optimum():
    rows = tiny("sigmoid loss", READER)
    # Each of K chance meetings of 120 scenes that are told apart.
    p = 1 / 120
    odds = (K - 1) * p
    wanted = math.log1p(odds) + odds * math.log1p(1 / odds)
    assert value(rows, "held-out loss", "predicted") == pytest.approx(wanted, rel=1e-9)
    assert value(rows, "held-out loss") > wanted


def test_bounds_lie_between_what_they_tell_apart():
    assert 0.5 < READ < 1.0
    assert TILT_TOLERANCE < 0.5
    whole, half = binomial([1 / 120] * 120), binomial([1 / 240] * 240)
    assert whole - half > 2 * LOSS_TOLERANCE
    assert scenes(share=0.05).coverage[0].theta == 0.95
