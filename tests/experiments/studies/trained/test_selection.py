"""The study of selection: verdicts follow from rows, and a tiny one runs from end to end."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from experiments.encoders import BagOfWordsConfig, WordsInPlacesConfig
from experiments.results.record import Measurement, select
from experiments.studies import STUDIES
from experiments.studies.shared.operator_settings import setting
from experiments.studies.trained.selection import COMPOSES, FINDINGS, SelectionStudy
from experiments.studies.trained.selection_points import BASE, FORCED, POINTS, QUICK, Point
from experiments.training.loop import train
from experiments.vocabulary.encoders import AWARE, BAG, SORTED_PHRASES
from experiments.vocabulary.tolerances import LOSS_TOLERANCE
from tests.experiments.tiny_studies import (
    assert_quick_is_part_of_full,
    finish_tiny,
    judged,
    separated,
    untrained,
)

STUDY = SelectionStudy()
OPTIMUM = 1.5


def ideal(setting):
    """Rows of a setting in which optima are reached, blind encoders tie and others compose."""
    blind = setting.parameters["encoder"] in (SORTED_PHRASES, BAG)
    score = 0.5 if blind else 0.99
    measured = {"text score": score, "text ties": float(blind)} | dict.fromkeys(FINDINGS, score)
    negative = "drawn" if setting.parameters["rho"] == 1 else "novel"
    return [
        STUDY.row(setting, Measurement(metric, value, role, labels, seed))
        for seed in setting.trained.seeds
        for role, metric, value, labels in (
            *(
                ("measured", name, value, {"negative": negative})
                for name, value in measured.items()
            ),
            ("measured", "held-out loss", OPTIMUM, {}),
            ("predicted", "held-out loss", OPTIMUM, {}),
            *([("predicted", "text score", 0.5, {}), ("predicted", "text ties", 1.0, {})] * blind),
        )
    ]


@pytest.fixture(scope="module")
def rows():
    return [row for setting in STUDY.settings("quick") for row in ideal(setting)]


def test_the_theorys_rows_make_everything_hold(rows):
    verdicts = judged(STUDY, rows)
    assert STUDIES["selection"].name == STUDY.name
    assert {v.setting for v in verdicts} == set(QUICK)
    assert {v.kind for v in verdicts} == {"claim", "control", "identity", "finding"}
    assert all(v.holds and v.claim == "T6" for v in verdicts)
    assert len({v.id for v in verdicts}) == len(verdicts)


def test_selection_itself_never_gates(rows):
    """Only optima, ties and the two controls do."""
    gating = {(v.setting, v.id.rsplit("/")[-1]) for v in judged(STUDY, rows) if v.gates}
    assert not any(metric in FINDINGS for _, metric in gating)
    assert (FORCED, "held-out loss") in gating
    assert ("rho = 1", "text score") in gating
    assert {("64 pairs", "held-out loss"), ("200 steps", "held-out loss")}.isdisjoint(gating)


def test_every_verdict_turns_when_its_rows_or_its_prediction_do(rows):
    for verdict in judged(STUDY, rows):
        metric = verdict.id.rsplit("/")[-1]
        sign = {">=": -1, "<=": 1, "~=": 1}[verdict.relation]
        roles = {"measured": sign}
        if metric not in FINDINGS and not (verdict.setting == "rho = 1" and metric == "text score"):
            roles["predicted"] = -sign
        here = select(rows, setting=verdict.setting)
        for role, by in roles.items():
            moved = [
                dataclasses.replace(row, value=row.value + by)
                if (row.metric, row.labels["role"]) == (metric, role)
                else row
                for row in here
            ]
            turned = [v.id for v in judged(STUDY, moved) if not v.holds]
            assert turned == [verdict.id]


def test_a_verdict_without_rows_does_not_hold(rows):
    found = judged(STUDY, select(rows, role="predicted"))
    assert found
    assert not any(v.holds for v in found)


def test_quick_is_a_part_of_full():
    quick, full = assert_quick_is_part_of_full(STUDY)
    assert len(full) == len(POINTS)
    assert set(QUICK) == set(quick)
    assert {s.parameters["factor"] for s in full.values()} - {"images"} == {
        s.parameters["factor"] for s in quick.values()
    }


def test_one_factor_at_a_time_is_varied():
    """Each point differs from the base in its factor's column alone, and shares others' runs."""
    base = Point().setting((0, 1)).parameters
    for point in POINTS[1:]:
        changed = point.setting((0,)).parameters
        allowed = {
            "shown": {"operator", "shown", "nouns"},
            "control": {"encoder", "rho"},
            "images": {"images", "steps"},
        }.get(point.factor, {point.factor})
        differing = {name for name in base if base[name] != changed[name]} - {"factor"}
        assert differing
        assert differing <= allowed
    assert Point().setting((0, 1)).trained.key == setting("SWAP", AWARE, 0.0, (0, 1)).trained.key
    pixels = next(point for point in POINTS if point.images == "pixels")
    assert (
        pixels.setting((0,)).trained.key
        == setting("SWAP", AWARE, 0.0, (0,), images="pixels").trained.key
    )


def tiny(point, text, make=train):
    one, seeds = finish_tiny(point.setting((3,)), make, text_encoder=text)
    rows = STUDY.rows(one, seeds)
    assert all(np.isfinite(row.value) and row.seed == 3 for row in rows)
    return one, rows


def value(rows, metric, role="measured", **labels):
    (row,) = select(rows, metric=metric, role=role, **labels)
    return row.value


READER, BLIND = WordsInPlacesConfig(24, (8,)), BagOfWordsConfig(24, (8,))


def test_a_tiny_study_of_a_fixed_set_measures_all_that_is_judged():
    point = Point("set_size", "64 pairs", pairs=64)
    one, rows = tiny(point, READER)
    assert value(rows, "held-out loss", "predicted") == pytest.approx(separated(15), abs=1e-9)
    # Every negative is novel, and a score that does not look at the image errs on its image.
    assert not select(rows, negative="drawn")
    assert value(rows, "text only", negative="novel") > 0.9
    for role in ("measured", "baseline"):
        found = {row.metric for row in select(rows, role=role)}
        assert {"held-out loss", "retrieval", "delta", "group score", *FINDINGS} <= found
    changed = [value(rows, "held-out loss", role) for role in ("measured", "baseline")]
    assert changed[0] != changed[1]
    assert value(rows, "training loss") > 0
    verdicts = judged(STUDY, rows, {one.name: 7.0})
    assert {v.kind for v in verdicts} == {"finding"}
    assert {v.seconds for v in verdicts} == {7.0}


def test_a_blind_study_has_the_optimum_of_orbits():
    """Half of the orbits covered: 15 labels, while what is told apart by a reader are 23 scenes."""
    _, rows = tiny(dataclasses.replace(Point(), rho=0.5, encoder=BAG), BLIND, untrained)
    _, read = tiny(dataclasses.replace(Point(), rho=0.5), READER, untrained)
    assert value(rows, "held-out loss", "predicted") == pytest.approx(separated(15), abs=1e-9)
    covered = round(0.5 * 15) / 15
    aware = covered * separated(30) + (1 - covered) * separated(15)
    assert value(read, "held-out loss", "predicted") == pytest.approx(aware, abs=1e-9)
    for negative in ("novel", "drawn"):
        for metric in ("text score", "text ties"):
            predicted = value(rows, metric, "predicted")
            assert value(rows, metric, negative=negative) == predicted
        # y and y' are one embedding, which prefers the one image or the other.
        novel, familiar = (
            value(rows, metric, negative=negative) for metric in ("novel caption", "image exchange")
        )
        # Means of float32, which round to 2^-24 of 1.
        assert novel == pytest.approx(1 - familiar, abs=2**-23)
    assert not select(read, metric="text ties", role="predicted")
    assert value(read, "text ties", negative="novel") < 0.5


def test_bounds_lie_between_what_they_tell_apart():
    """The tolerance of a loss is far below the price of blindness; composition is above chance."""
    assert separated(15) - separated(30) > 2 * LOSS_TOLERANCE
    assert 0.5 < COMPOSES < 1
    assert POINTS[0].name == BASE
