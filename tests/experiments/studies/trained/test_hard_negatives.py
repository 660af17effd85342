"""The study of hard negatives: verdicts follow from rows, and tiny ones run from end to end."""

from __future__ import annotations

import dataclasses
import math

import pytest
import scipy.stats

from experiments.encoders import BagOfWordsConfig
from experiments.results.gains import GAINED
from experiments.results.record import Measurement, select
from experiments.studies import STUDIES, settings_speaking_to
from experiments.studies.shared.operator_worlds import OPERATOR_WORLDS
from experiments.studies.trained.hard_negative_measures import COUNTS
from experiments.studies.trained.hard_negative_surcharges import BLIND, COST, OPTIMUM, OWN
from experiments.studies.trained.hard_negative_worlds import (
    FAMILIES,
    HARD,
    OPERATORS,
    Training,
    small_setting,
)
from experiments.studies.trained.hard_negatives import HardNegativesStudy
from experiments.training.loop import train
from experiments.vocabulary.encoders import AWARE, BAG
from experiments.vocabulary.negatives import ALL, NONE
from tests.experiments.tiny_studies import (
    assert_quick_is_part_of_full,
    finish_tiny,
    judged,
    separated,
    untrained,
)

STUDY = HardNegativesStudy()

QUICK = 7 * 3 * len(GAINED)
"""Comparisons of the quick preset: seven trainings with hard negatives, by three operators."""

TESTED = (*((name, 1) for name in OPERATORS), *(("words", depth) for depth in (1, 2, 3)))
"""What makes hard negatives that are asked about, and the length of its words."""


def paid(seen, M, *, blind):
    """Surcharges of the blind, and smaller ones of others."""
    if not blind:
        return 0.1
    return 0.5 * math.log1p(M) if seen == "shared" else 0.2 * M


def ideal(setting):
    """Rows of a setting in which all is as T13 has it, and every training gains by its depth."""
    labels = setting.parameters
    if labels["part"] == "transfer":
        score = 0.7 + 0.05 * labels["depth"]
        values = [
            (
                "measured",
                metric,
                score,
                {"tested": tested, "tested_depth": depth, "negative": negative},
            )
            for tested, depth in TESTED
            for metric, negative in GAINED
            if tested != "words" or "T12" in setting.claims
        ]
        values.append(("measured", "excess loss", 0.5, {}))
        values += [("predicted", "cost of blindness", 0.1, {"tested": name}) for name in OPERATORS]
    else:
        blind = labels["encoder"] == BLIND
        # The loss of the blind exceeds that of the others by the cost of blindness.
        bare = 1.5 if blind else 1.5 - 0.4 + paid("own-only", 1, blind=True) - 0.1
        values = [("measured", "fresh loss", bare, {"negatives": NONE, "M": 0})]
        for seen in ("shared", "own-only"):
            for M in COUNTS:
                which = {"negatives": seen, "M": M}
                more = paid(seen, M, blind=blind)
                values += [
                    ("measured", "fresh loss", bare + more, which),
                    ("measured", "surcharge", more, which),
                ]
        values += [("predicted", metric, value, of) for _, metric, value, of in values]
        if blind:
            which = {"negatives": "own-only", "M": 1}
            values.append(("predicted", "cost of blindness", 0.4, which))
    return [
        STUDY.row(setting, Measurement(metric, value, role, of, seed))
        for seed in setting.trained.seeds
        for role, metric, value, of in values
    ]


@pytest.fixture(scope="module")
def rows():
    return [row for setting in STUDY.settings("quick") for row in ideal(setting)]


def moved(rows, by, **wanted):
    chosen = {id(row) for row in select(rows, **wanted)}
    assert chosen
    return [
        dataclasses.replace(row, value=row.value + by) if id(row) in chosen else row for row in rows
    ]


def failing(rows):
    return {v.id for v in judged(STUDY, rows) if not v.holds}


def test_the_theorys_rows_make_everything_hold(rows):
    verdicts = judged(STUDY, rows)
    assert STUDIES["hard_negatives"].name == STUDY.name
    assert {v.kind for v in verdicts} == {"claim", "control", "identity", "finding"}
    assert {v.claim for v in verdicts} == set(STUDY.claims)
    assert [v.id for v in verdicts if not v.holds] == []
    assert len({v.id for v in verdicts}) == len(verdicts)


def test_what_is_left_is_compared_with_what_blindness_costs(rows):
    """Of training without hard negatives alone, and where blindness costs anything."""
    found = [v for v in judged(STUDY, rows) if v.metric.startswith("excess loss against")]
    assert len(found) == 2 * 3
    assert all(v.holds and v.predicted == pytest.approx(0.1) for v in found)
    cheap = judged(STUDY, moved(rows, -0.45, metric="excess loss"))
    assert not any(v.holds for v in cheap if v.metric.startswith("excess loss against"))
    for rounding in (0.0, 1e-12, -1e-12):
        free = moved(rows, rounding - 0.1, metric="cost of blindness", part="transfer")
        assert not [v for v in judged(STUDY, free) if v.metric.startswith("excess loss against")]


def test_gains_are_findings_and_surcharges_are_claims(rows):
    for verdict in judged(STUDY, rows):
        found = "gain in" in verdict.metric or verdict.metric.startswith("excess loss against")
        assert (verdict.kind == "finding") == found
    # The transfer matrix: each family by each operator tested.
    gains = {(v.setting, v.metric) for v in judged(STUDY, rows) if v.kind == "finding"}
    for family in FAMILIES:
        name = Training(family).setting((0,)).name
        for tested in OPERATORS:
            gain = f"gain in text score on {tested}, corrected for {QUICK} comparisons"
            assert (name, gain) in gains


def test_every_claim_turns_when_what_is_measured_or_predicted_does(rows):
    for verdict in judged(STUDY, rows):
        if verdict.kind == "finding":
            continue
        if verdict.metric.startswith("cost of blindness"):
            which = {"negatives": "own-only", "M": 1}
            measured, predicted = "fresh loss", "cost of blindness"
        else:
            metric, seen, count = verdict.metric.removesuffix(", of no blind encoder").split(", ")
            which = {"negatives": seen, "M": int(count.removeprefix("M = "))}
            measured = predicted = metric
        sign = 1 if verdict.relation == "<=" else -1
        for role, metric, by in (
            ("measured", measured, sign),
            ("predicted", predicted, -2 * sign),
        ):
            where = {"metric": metric, "role": role, "setting": verdict.setting} | which
            assert verdict.id in failing(moved(rows, by, **where)), (verdict.id, role)


def test_a_gain_holds_where_its_interval_excludes_nothing_gained(rows):
    """By an interval that is corrected for all comparisons of the preset, two seeds each."""
    setting = Training("SWAP").setting((0, 1))
    where = {"setting": setting.name, "metric": "text score", "tested": "ADD", "negative": ALL}
    name = f"T13/{setting.name}/gain in text score on ADD"
    # All others gain the same at both seeds, so this one is tested last, at 5 %.
    for spread, holds in ((0.05, False), (0.001, True), (0.0, True)):
        apart = moved(moved(rows, spread, seed=0, **where), -spread, seed=1, **where)
        found = {v.id: v for v in judged(STUDY, apart)}[name]
        assert found.metric.endswith(f"corrected for {QUICK} comparisons")
        assert found.measured == pytest.approx(0.05)
        assert found.predicted == 0.0
        assert found.interval is not None
        half = scipy.stats.t.ppf(0.975, 1) * spread
        assert found.interval == pytest.approx((0.05 - half, 0.05 + half))
        assert found.holds == holds == (found.interval[0] > 0)
    # No others gain anything, so this one is tested first.
    none = [row for row in rows if row.labels["part"] == "transfer"]
    none = [dataclasses.replace(row, value=0.7) for row in none]
    apart = moved(moved(none, 0.051, seed=0, **where), 0.049, seed=1, **where)
    found = {v.id: v for v in judged(STUDY, apart)}[name]
    half = scipy.stats.t.ppf(1 - 0.025 / QUICK, 1) * 0.001
    assert found.interval == pytest.approx((0.05 - half, 0.05 + half))
    assert not found.holds


def test_nothing_gained_is_no_gain(rows):
    """A paired difference of (0, 0)."""
    equal = [
        dataclasses.replace(row, value=0.7) if row.labels["part"] == "transfer" else row
        for row in rows
    ]
    found = [v for v in judged(STUDY, equal) if "gain in" in v.metric]
    assert {v.interval for v in found} == {(0.0, 0.0)}
    assert not any(v.holds for v in found)


def test_each_preset_counts_its_comparisons_and_those_of_depths(rows):
    """Of each training with hard negatives three operators, of each of those the scores."""
    full = [row for setting in STUDY.settings("full") for row in ideal(setting)]
    # Two batches by four families, two sets by nine trainings and one with pixels.
    counts = {"T13": (2 * 4 + 2 * 10 + 1) * 3 * len(GAINED), "T12": 12}
    found = [v for v in judged(STUDY, full) if "gain in" in v.metric]
    quick = [v for v in judged(STUDY, rows) if v.claim == "T13" and "gain in" in v.metric]
    assert len(quick) == QUICK
    for claim, count in counts.items():
        mine = [v for v in found if v.claim == claim]
        assert len(mine) == count
        assert all(v.metric.endswith(f"corrected for {count} comparisons") for v in mine)


@pytest.mark.parametrize("only", ["T12", "T13"])
def test_settings_asked_for_bear_out_a_claim_as_all_do(rows, only):
    few = [row for one in settings_speaking_to([only], STUDY, "quick") for row in ideal(one)]
    alone, among = ([v for v in judged(STUDY, some) if v.claim == only] for some in (few, rows))
    assert alone == among != []


def test_what_one_more_depth_adds_is_taken_from_the_depth_before(rows):
    (deep,) = (s for s in STUDY.settings("quick") if s.parameters.get("depth") == 2)
    found = {v.metric: v for v in judged(STUDY, rows) if v.claim == "T12"}
    assert {v.setting for v in found.values()} == {deep.name}
    gain = "gain in text score per depth, on depth {}, corrected for 3 comparisons"
    assert set(found) == {gain.format(depth) for depth in (1, 2, 3)}
    worse = moved(
        rows, -0.2, setting=deep.name, metric="text score", tested="words", tested_depth=2
    )
    turned = [v for v in judged(STUDY, worse) if not v.holds]
    assert [v.metric for v in turned] == [gain.format(2)]
    assert turned[0].measured == pytest.approx(-0.15)


def test_a_gain_without_measurements_does_not_hold(rows):
    found = judged(STUDY, select(rows, role="predicted"))
    assert not any(v.holds for v in found)


def test_quick_is_a_part_of_full():
    quick, full = assert_quick_is_part_of_full(STUDY)
    transfer = [s.parameters for s in full.values() if s.parameters["part"] == "transfer"]
    assert {s["depth"] for s in transfer} == {0, 1, 2, 3}
    assert {s["count"] for s in transfer} == {0, *COUNTS}
    assert {s["seen"] for s in transfer} == {NONE, "own-only", "shared"}
    assert {s["set_size"] for s in transfer} == {256, 432, 2048}
    assert {s["batch"] for s in transfer} == {4, 8, 64}
    assert {s["family"] for s in transfer if s["images"] == "pixels"} == {NONE, "SWAP"}
    matrix = {s.parameters.get("family") for s in quick.values()}
    assert {NONE, "SWAP", "REPLACE", "ADD", ALL} <= matrix


def tiny(setting, text, make=train):
    one, seeds = finish_tiny(setting, make, text_encoder=text)
    rows = STUDY.rows(one, seeds)
    assert all(row.seed == 3 for row in rows)
    return rows


WORDS = BagOfWordsConfig(len(HARD.grammar.lexicon.words) + 1, (8,))


def test_a_tiny_transfer_measures_every_operator_and_depth():
    rows = tiny(Training("SWAP", set_size=64).setting((3,)), WORDS)
    for role in ("measured", "baseline"):
        for name, depth in TESTED:
            here = select(rows, role=role, tested=name, tested_depth=depth, negative=ALL)
            metrics = [row.metric for row in here]
            scores = {score for score, _ in GAINED}
            assert {*scores, "text only", "familiar image", "novel", "|dg|"} <= set(metrics)
            assert len(set(metrics)) == len(metrics)
            assert {row.claim for row in here} == {"T12" if name == "words" else "T13"}
    # A bag of words does not see who is whose, but sees words that are replaced or added.
    scores = {
        name: {
            row.metric: row.value
            for row in select(rows, role="measured", tested=name, negative=ALL)
        }
        for name in OPERATORS
    }
    assert scores["SWAP"]["text ties"] == 1.0
    assert scores["REPLACE"]["text ties"] < 0.1
    assert scores["SWAP"]["novel"] == 1.0
    assert scores["SWAP"]["text only"] > 0.5
    assert "half-truth" in scores["ADD"]
    assert not select(rows, tested="SWAP", negative="drawn")
    # Text scores of all are those of what is drawn and of what never is, as each is asked about.
    for role in ("measured", "baseline"):
        for name in ("REPLACE", "ADD"):
            parts = {
                negative: {
                    row.metric: row.value
                    for row in select(rows, role=role, tested=name, negative=negative)
                }
                for negative in (ALL, "novel", "drawn")
            }
            novel = parts[ALL]["novel"]
            halves = parts["novel"]["familiar image"] + parts["novel"]["novel image"]
            mixed = (1 - novel) * parts["drawn"]["text score"] + novel * 0.5 * halves
            assert parts[ALL]["text score"] == pytest.approx(mixed, abs=1e-6)
    # Who was trained on hard negatives of SWAP alone may be blind to the others for nothing more.
    costs = {row.labels["tested"]: row.value for row in select(rows, metric="cost of blindness")}
    assert set(costs) == set(OPERATORS)
    assert costs["SWAP"] > 0.1
    assert not select(rows, metric="cost of blindness", role="measured")


def test_a_blind_encoder_pays_for_shared_negatives_before_it_is_trained():
    """SWAP is not covered: an untrained bag of words has T13's surcharge at whatever loss."""
    vocabulary = len(OPERATOR_WORLDS["SWAP"].scenes.grammar.lexicon.words) + 1
    rows = tiny(small_setting(BAG, 0.0, NONE, (3,)), BagOfWordsConfig(vocabulary, (8,)), untrained)
    for M in COUNTS:
        for role in ("measured", "baseline", "predicted"):
            (shared,) = select(rows, metric="surcharge", role=role, negatives="shared", M=M)
            assert shared.value == pytest.approx(0.5 * math.log1p(M), abs=1e-5)
        (own,) = select(rows, metric="surcharge", role="measured", negatives="own-only", M=M)
        assert 0 < own.value < 0.5 * math.log1p(M)
    (bare,) = select(rows, metric="fresh loss", role="predicted", negatives=NONE)
    assert bare.value == pytest.approx(separated(15), abs=1e-9)


def test_the_optimum_pays_little_for_hard_negatives():
    vocabulary = len(OPERATOR_WORLDS["SWAP"].scenes.grammar.lexicon.words) + 1
    rows = tiny(
        small_setting(AWARE, 0.0, "shared", (3,)), BagOfWordsConfig(vocabulary, (8,)), untrained
    )
    (shared,) = select(rows, metric="surcharge", role="predicted", negatives="shared", M=1)
    # Where no hard negative is ever true of an image, none is paid for.
    assert shared.value == pytest.approx(0.0, abs=1e-9)
    (bare,) = select(rows, metric="fresh loss", role="predicted", negatives=NONE)
    assert bare.value == pytest.approx(separated(15), abs=1e-9)


def test_tolerances_are_below_what_they_tell_apart():
    for M in COUNTS:
        assert OWN[M] < 0.25 * math.log1p(M)
    assert COST < 0.2
    assert OPTIMUM < 0.1


def test_training_on_hard_negatives_leaves_what_is_asked_about_as_it_is(measured):
    """So a gain in text score is w_d times that on drawn ones and w_n times the halves' mean."""
    rows = select(measured("hard_negatives").rows, part="transfer", world="few words")
    shares = {}
    for row in select(rows, metric="novel"):
        asked = row.seed, row.labels["set_size"], row.labels["tested"], row.labels["tested_depth"]
        shares.setdefault(asked, {})[row.labels["family"]] = row.value
    assert all(len(by_family) > 1 for by_family in shares.values())
    assert all(len(set(by_family.values())) == 1 for by_family in shares.values())
    assert {asked[2] for asked in shares} == {*OPERATORS, "words"}


def test_blindness_costs_what_it_does_in_batches_of_training():
    """In batches of 2 to who has no hard negatives: log 2 as often as two pairs look the same."""
    none = Training(NONE, set_size=64, batch=2).setting((3,))
    rows = tiny(none, WORDS, untrained)
    costs = {row.labels["tested"]: row.value for row in select(rows, metric="cost of blindness")}
    assert costs["SWAP"] == pytest.approx(0.0, abs=1e-9)
    # Who is blind to ADD sees which of six pairs of nouns; there are 192 scenes.
    assert costs["ADD"] == pytest.approx(math.log(2) * (1 / 6 - 1 / 192), abs=1e-9)
