"""The study of the price: verdicts follow from rows, and a tiny one runs from end to end."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from experiments.encoders import BagOfWordsConfig
from experiments.results.record import Measurement, select
from experiments.studies import STUDIES
from experiments.studies.shared.operator_settings import setting
from experiments.studies.shared.operator_worlds import OPERATOR_WORLDS, K
from experiments.studies.trained.trained_price import HALF_TRAINED, TrainedPriceStudy
from experiments.vocabulary.encoders import AWARE, BAG
from experiments.vocabulary.operators import ATOMIC
from experiments.vocabulary.tolerances import LOSS_TOLERANCE
from tests.experiments.tiny_studies import (
    assert_quick_is_part_of_full,
    finish_tiny,
    judged,
    separated,
)

STUDY = TrainedPriceStudy()
OPTIMUM = 1.5


def ideal(setting):
    """Rows of a setting in which every loss is at its optimum."""
    blind = setting.parameters["encoder"] != AWARE
    # A bag of words pays for what no coverage of SWAP asks it to see.
    dearly = setting.parameters["encoder"] == BAG
    paid = 0.3 if dearly else blind * setting.parameters["rho"] * 0.5
    left = 0.4 if setting.name.endswith("steps") else 0.0
    return [
        STUDY.row(setting, Measurement(metric, value, role, seed=seed))
        for seed in setting.trained.seeds
        for metric, role, value in (
            ("held-out loss", "measured", OPTIMUM + paid + left),
            ("held-out loss", "baseline", 3.0),
            ("held-out loss", "predicted", OPTIMUM + paid),
            ("price", "predicted", paid),
        )
    ]


@pytest.fixture(scope="module")
def rows():
    return [row for setting in STUDY.settings("quick") for row in ideal(setting)]


def failing(rows):
    return {v.id for v in judged(STUDY, rows) if not v.holds}


def shifted(rows, by, **wanted):
    chosen = {id(row) for row in select(rows, **wanted)}
    assert chosen
    return [
        dataclasses.replace(row, value=row.value + by) if id(row) in chosen else row for row in rows
    ]


def test_the_theorys_rows_make_everything_hold(rows):
    verdicts = judged(STUDY, rows)
    assert STUDIES["trained_price"].name == STUDY.name
    assert {s.name for s in STUDY.settings("quick")} <= {v.setting for v in verdicts}
    assert {v.kind for v in verdicts} == {"claim", "control"}
    assert all(v.holds and v.claim == "T10" for v in verdicts)
    assert len({v.id for v in verdicts}) == len(verdicts)


def test_each_loss_is_judged_against_its_own_optimum(rows):
    """Move what a setting measured, or what is predicted of it: its verdict turns, and its gap."""
    for one in STUDY.settings("quick"):
        blind_of = {
            row.setting
            for row in select(rows, point=one.parameters["point"], metric="price")
            if row.labels["encoder"] != AWARE
        }
        loss, half_trained = f"T10/{one.name}/L_{K} of fresh pairs", one.name.endswith("steps")
        gaps = {f"T10/{name}/price at K = {K}" for name in blind_of}
        for by in (-1.0, 1.0):
            where = {"setting": one.name, "metric": "held-out loss"}
            turned = failing(shifted(rows, by, role="measured", **where))
            assert turned == gaps | ({loss} if not half_trained or by < 0 else set())
            turned = failing(shifted(rows, by, role="predicted", **where))
            assert turned == ({loss} if not half_trained or by > 0 else set())


def test_each_gap_is_judged_against_the_price(rows):
    for one in STUDY.settings("quick"):
        turned = failing(shifted(rows, 0.1, setting=one.name, metric="price", role="predicted"))
        blind = one.parameters["encoder"] != AWARE
        assert turned == ({f"T10/{one.name}/price at K = {K}"} if blind else set())


def test_an_encoder_that_pays_nothing_is_no_control(rows):
    """A bag of words that pays no more than blindness to SWAP would."""
    (bag,) = (s for s in STUDY.settings("quick") if s.parameters["encoder"] == BAG)
    where = {"setting": bag.name, "metric": "held-out loss", "role": "measured"}
    assert f"T10/{bag.name}/price at K = {K}" in failing(shifted(rows, -0.3, **where))


def test_a_verdict_without_measurements_does_not_hold(rows):
    found = judged(STUDY, select(rows, role="predicted"))
    assert found
    assert not any(v.holds for v in found)


def test_quick_is_a_part_of_full():
    quick, full = assert_quick_is_part_of_full(STUDY)
    for operator in ATOMIC:
        whole = {s.parameters["rho"] for s in full.values() if s.parameters["operator"] == operator}
        assert whole == {0.0, 0.25, 0.5, 0.75, 1.0}
    assert any(s.parameters["images"] == "pixels" for s in quick.values())
    assert any(s.parameters["theta"] != 0.5 for s in quick.values())


def test_a_tiny_study_predicts_what_enumeration_does():
    """A fifth of 15 orbits of two scenes each: 15 labels, and 6 + 12 scenes that are drawn."""
    world = OPERATOR_WORLDS["SWAP"]
    text = BagOfWordsConfig(len(world.scenes.grammar.lexicon.words) + 1, (8,))
    one, seeds = finish_tiny(setting("SWAP", world.blind, 0.2, (3,)), text_encoder=text)
    rows = STUDY.rows(one, seeds)
    assert all(np.isfinite(row.value) and row.seed == 3 for row in rows)
    found = {(row.metric, row.labels.get("role")): row.value for row in rows}
    assert found.pop(("loss", None)) == seeds[0].losses[2]
    assert set(found) == {
        ("held-out loss", "measured"),
        ("held-out loss", "baseline"),
        ("held-out loss", "predicted"),
        ("realised coverage", "exact"),
        ("price", "predicted"),
        ("price", "limit"),
    }
    blind, aware = separated(15), 0.2 * separated(30) + 0.8 * separated(15)
    assert found["held-out loss", "predicted"] == pytest.approx(blind, abs=1e-9)
    assert found["price", "predicted"] == pytest.approx(blind - aware, abs=1e-9)
    assert found["price", "limit"] == pytest.approx(0.2 * np.log(2), abs=1e-9)
    assert found["realised coverage", "exact"] == 0.2
    assert found["held-out loss", "measured"] != found["held-out loss", "baseline"]
    (loss,) = (v for v in judged(STUDY, rows, {one.name: 7.0}) if v.metric.startswith("L_"))
    assert loss.predicted == pytest.approx(blind, abs=1e-9)
    assert not loss.holds
    assert loss.seconds == 7.0


def test_tolerances_are_below_what_they_tell_apart():
    """The least price of the preset that is not 0 is that of a quarter of the orbits of SWAP."""
    least = 0.25 * (separated(15) - separated(30))
    assert least > 3 * LOSS_TOLERANCE
    assert setting("SWAP", AWARE, 1.0, (0,)).trained.config.steps > HALF_TRAINED
