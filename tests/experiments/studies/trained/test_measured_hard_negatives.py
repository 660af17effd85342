"""The study of hard negatives: tiny settings measured from end to end."""

from __future__ import annotations

import math

import pytest

from experiments.encoders import BagOfWordsConfig
from experiments.results.gains import GAINED
from experiments.results.record import select
from experiments.studies.shared.operator_worlds import OPERATOR_WORLDS
from experiments.studies.trained.hard_negative_measures import COUNTS
from experiments.studies.trained.hard_negative_worlds import (
    HARD,
    OPERATORS,
    Training,
    small_setting,
)
from experiments.studies.trained.hard_negatives import HardNegativesStudy
from experiments.training.loop import train
from experiments.vocabulary.encoders import AWARE, BAG
from experiments.vocabulary.negatives import ALL, NONE
from tests.experiments.studies.trained.test_hard_negatives import TESTED
from tests.experiments.tiny_studies import finish_tiny, separated, untrained

STUDY = HardNegativesStudy()


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
