"""The study of composition: verdicts follow from rows, and a tiny one runs from end to end."""

from __future__ import annotations

import dataclasses

import jax
import numpy as np
import pytest

from experiments.encoders import BagOfWordsConfig, TextTransformerConfig
from experiments.results.record import Measurement, select
from experiments.studies import STUDIES, settings_speaking_to
from experiments.studies.shared.operator_settings import setting
from experiments.studies.shared.operator_worlds import OPERATOR_WORLDS
from experiments.studies.trained.composition import (
    CLAIMS,
    READS_ORDER,
    CompositionStudy,
    best_retrieval,
    claim_of,
)
from experiments.vocabulary.encoders import AWARE, BAG
from experiments.vocabulary.operators import ATOMIC
from proofs_check import FiniteWorld
from tests.experiments.tiny_studies import (
    assert_quick_is_part_of_full,
    failing,
    finish_tiny,
    judged,
    separated,
)

STUDY = CompositionStudy()
LOSS = "held-out loss of a blind encoder, above the optimum of all critics"

BLIND = {"text score": 0.5, "text ties": 1.0, "novel image": 0.5, "group score": 0.0, "delta": 0.0}
BEST = 1.5
SEES = {"text score": 1.0, "text ties": 0.0, "novel image": 1.0, "group score": 1.0, "delta": 0.9}


def ideal(setting):
    """Rows of a setting in which encoders see all that they can."""
    encoder, rho = setting.parameters["encoder"], setting.parameters["rho"]
    blind = encoder != AWARE
    there = {"all": True, "novel": rho < 1, "drawn": rho > 0}
    values = [
        (metric, "measured", {"negatives": name}, value)
        for metric, value in (BLIND if blind else SEES).items()
        for name in there
        if there[name]
    ]
    values.append(("blind", "predicted", {"negatives": "all"}, float(blind)))
    values += [("retrieval", role, {}, 0.75) for role in ("measured", "predicted")]
    own = BEST + 0.5 * blind * rho
    losses = {"measured": own + 0.01, "predicted": own, "optimum": BEST}
    values += [("held-out loss", role, {}, loss) for role, loss in losses.items()]
    return [
        STUDY.row(
            setting,
            Measurement(metric, value, role, labels, seed, claim_of(setting.parameters, metric)),
        )
        for seed in setting.trained.seeds
        for metric, role, labels, value in values
    ]


@pytest.fixture(scope="module")
def rows():
    return [row for setting in STUDY.settings("quick") for row in ideal(setting)]


def test_the_theorys_rows_make_everything_hold(rows):
    verdicts = judged(STUDY, rows)
    assert STUDIES["composition"].name == STUDY.name
    assert {v.setting for v in verdicts} == {s.name for s in STUDY.settings("quick")}
    assert {v.kind for v in verdicts} == {"claim", "control", "identity", "finding"}
    assert {v.claim for v in verdicts} == set(STUDY.claims)
    assert all(v.holds for v in verdicts)
    assert len({v.id for v in verdicts}) == len(verdicts)


def test_what_unseen_negatives_are_to_an_aware_encoder_never_gates(rows):
    verdicts = judged(STUDY, rows)
    for one in STUDY.settings("quick"):
        aware = one.parameters["encoder"] == AWARE and one.parameters["rho"] < 1
        found = {v.kind for v in verdicts if v.setting == one.name and "novel" in v.id}
        assert found == ({"finding"} if aware else set())


def test_every_verdict_turns_when_what_is_measured_does(rows):
    for verdict in judged(STUDY, rows):
        known = (*BLIND, "retrieval", "held-out loss")
        metric = next(name for name in known if verdict.metric.startswith(name))
        negatives = {"negatives": "novel"} if "novel negatives" in verdict.metric else {}
        where = {"metric": metric, "role": "measured"} | negatives
        sign = -1 if verdict.relation == ">=" else 1
        here = select(rows, setting=verdict.setting)
        chosen = {id(row) for row in select(here, **where)}
        moved = [
            dataclasses.replace(row, value=row.value + 0.1 * sign) if id(row) in chosen else row
            for row in here
        ]
        turned = {v.id for v in failing(STUDY, moved)}
        assert verdict.id in turned


def test_retrieval_is_judged_against_its_prediction(rows):
    moved = [
        dataclasses.replace(row, value=0.5)
        if (row.metric, row.labels["role"]) == ("retrieval", "predicted")
        else row
        for row in rows
    ]
    turned = failing(STUDY, moved)
    assert {v.metric for v in turned} == {"retrieval in distribution"}
    assert {v.setting for v in turned} == {s.name for s in STUDY.settings("quick")}


def test_an_encoder_that_is_said_to_be_blind_is_judged_as_such(rows):
    """What is predicted to look alike must tie; of an encoder that sees it, it does not."""
    moved = [dataclasses.replace(row, value=1.0) if row.metric == "blind" else row for row in rows]
    turned = failing(STUDY, moved)
    assert {v.metric for v in turned} == {"text ties", "text score", "group score", "delta"}
    assert all(v.setting.endswith(AWARE) for v in turned)


@pytest.mark.parametrize(
    ("role", "step", "turned"),
    [
        # The optimum of all critics: blindness is no longer free where no orbit is covered.
        ("optimum", -0.1, {0.0}),
        # What is predicted of the blind: the price. Where no orbit is covered there is none.
        ("predicted", 0.1, {1.0}),
        ("measured", 0.1, {0.0, 1.0}),
    ],
)
def test_the_loss_of_the_blind_is_the_optimum_of_all_critics_and_the_price(
    rows, role, step, turned
):
    moved = [
        dataclasses.replace(row, value=row.value + step)
        if (row.metric, row.labels["role"]) == ("held-out loss", role)
        and row.labels["encoder"] != AWARE
        else row
        for row in rows
    ]
    rho = {s.name: s.parameters["rho"] for s in STUDY.settings("quick")}
    found = failing(STUDY, moved)
    assert {v.metric for v in found} == {LOSS}
    assert {rho[v.setting] for v in found} == turned
    blind = {s.name for s in STUDY.settings("quick") if s.parameters["encoder"] != AWARE}
    assert {v.setting for v in found} == {name for name in blind if rho[name] in turned}


def test_rows_speak_to_the_claim_of_their_operator(rows):
    """As the verdicts do that are made of them, and as the settings that a claim asks for."""
    claimed = {(v.setting, v.claim) for v in judged(STUDY, rows)}
    assert claimed <= {(row.setting, row.claim) for row in rows}
    for one in STUDY.settings("full"):
        of_operator, covered = CLAIMS[one.parameters["operator"]], one.parameters["rho"] == 1.0
        claims = (of_operator, "T11") if covered else (of_operator,)
        assert one.claims == claims
        assert {row.claim for row in ideal(one)} == set(claims)


@pytest.mark.parametrize("only", ["T7", "T8", "T9", "T11"])
def test_settings_asked_for_bear_out_a_claim_as_all_do(rows, only):
    found = settings_speaking_to([only], STUDY, "quick")
    assert 0 < len(found) < len(STUDY.settings("quick"))
    few = [row for setting in found for row in ideal(setting)]
    alone, among = ([v for v in judged(STUDY, some) if v.claim == only] for some in (few, rows))
    assert alone == among
    assert settings_speaking_to([], STUDY, "quick") == STUDY.settings("quick")


def test_quick_is_a_part_of_full():
    quick, full = assert_quick_is_part_of_full(STUDY)
    for operator in ATOMIC:
        asked = {
            (s.parameters["encoder"], s.parameters["rho"])
            for s in full.values()
            if s.parameters["operator"] == operator
        }
        encoders = {AWARE, "no positions", BAG, "sorted phrases", OPERATOR_WORLDS[operator].blind}
        assert asked == {(e, rho) for e in encoders for rho in (0.0, 0.25, 0.5, 0.75, 1.0)}
    assert any(s.parameters["images"] == "pixels" for s in quick.values())
    assert set(CLAIMS) == set(ATOMIC)


VOCABULARY = len(OPERATOR_WORLDS["SWAP"].scenes.grammar.lexicon.words) + 1


def test_a_tiny_study_of_a_blind_encoder_ties_from_the_start():
    words = BagOfWordsConfig(VOCABULARY, (8,))
    one, seeds = finish_tiny(setting("SWAP", BAG, 0.5, (3,)), text_encoder=words)
    rows = STUDY.rows(one, seeds)
    assert all(np.isfinite(row.value) and row.seed == 3 for row in rows)
    (blind,) = select(rows, metric="blind")
    assert blind.value == 1.0
    assert {row.claim for row in rows} == {"T7"}
    (own,) = select(rows, metric="held-out loss", role="predicted")
    (best,) = select(rows, metric="held-out loss", role="optimum")
    assert own.value == pytest.approx(separated(15), abs=1e-9)
    drawn = 8 / 15 * separated(30) + 7 / 15 * separated(15)
    assert best.value == pytest.approx(drawn, abs=1e-9)
    for role in ("measured", "baseline"):
        for negatives in ("all", "novel", "drawn"):
            here = select(rows, role=role, negatives=negatives)
            assert {row.metric: row.value for row in here}.items() >= {
                "text score": 0.5,
                "text ties": 1.0,
                "group score": 0.0,
            }.items()
        assert {"held-out loss", "retrieval"} <= {row.metric for row in select(rows, role=role)}
    verdicts = {v.metric: v.holds for v in judged(STUDY, rows, {one.name: 7.0})}
    assert not verdicts.pop("retrieval in distribution")
    assert set(verdicts) == {"text ties", "text score", "group score", "delta"}
    assert all(verdicts.values())


def test_a_tiny_study_of_an_aware_encoder_does_not_tie():
    reader = TextTransformerConfig(VOCABULARY, width=8, depth=1, heads=2)
    rows = STUDY.rows(*finish_tiny(setting("SWAP", AWARE, 1.0, (3,)), text_encoder=reader))
    (blind,) = select(rows, metric="blind")
    assert blind.value == 0.0
    kinds = {v.metric: (v.kind, v.holds) for v in judged(STUDY, rows)}
    assert kinds["text ties"] == ("identity", True)
    assert kinds["group score"] == ("claim", False)
    assert not select(rows, negatives="novel")


def test_the_best_retrieval_is_that_of_ties_in_an_orbit():
    """Of 15 orbits 8 are covered, where the right one of two captions is retrieved half the time;
    they are as probable as the others."""
    world = OPERATOR_WORLDS["SWAP"]
    captions = world.world(0.5).caption_table(jax.random.key(0))
    table = FiniteWorld.from_captions(captions, [world.operator])
    assert best_retrieval(table, table.orbit) == pytest.approx(8 / 15 * 0.5 + 7 / 15)
    assert best_retrieval(table, np.arange(table.captions)) == pytest.approx(1.0)
    assert 0.5 < READS_ORDER < 1.0
