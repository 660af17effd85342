"""The study of the failure: verdicts follow from rows, and a tiny one runs from end to end."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from experiments.encoders import WordsInPlacesConfig
from experiments.results.record import Measurement, select
from experiments.studies import STUDIES
from experiments.studies.trained.failure import FAILING, READING, FailureStudy
from experiments.studies.trained.failure_points import (
    COMPOSES,
    DRIFT_FAILS,
    DRIFT_READS,
    FAILS,
    HALF_WAY,
    LIMIT_SOUGHT,
    POINTS,
    QUICK,
    READS,
    Point,
)
from experiments.vocabulary.images import PIXELS
from experiments.vocabulary.negatives import DRAWN, NOVEL
from scm import PixelImagesConfig, VectorImagesConfig
from tests.experiments.tiny_studies import (
    assert_quick_is_part_of_full,
    finish_tiny,
    judged,
    untrained,
)

STUDY = FailureStudy()
COMPOSED = {"text score": 0.99, "familiar image": 0.99, "novel image": 0.99, "group score": 0.97}
FAILED = {"text score": 0.6, "familiar image": 0.75, "novel image": 0.45, "group score": 0.1}


def ideal(setting):
    """Rows of a setting in which the failure is where it should be, and all else composes."""
    scores = FAILED if setting.name in FAILING else COMPOSED
    negative = {"negative": DRAWN if setting.name == READS else NOVEL}
    linear = setting.name == LIMIT_SOUGHT
    return [
        STUDY.row(setting, Measurement(metric, value, role, labels, seed))
        for seed in setting.trained.seeds
        for role, metric, value, labels in (
            ("measured", "retrieval", 1.0, {}),
            ("measured", "excess loss", 0.01, {}),
            ("measured", "told by the image alone", 1.0, {}),
            ("measured", "told by the text alone", 1.0, {}),
            *(("measured", metric, value, negative) for metric, value in scores.items()),
            ("predicted", "familiar image", scores["familiar image"], negative),
            ("predicted", "novel image", scores["novel image"], negative),
            *([("predicted", "text score", 1.0, negative)] * linear),
        )
    ]


@pytest.fixture(scope="module")
def rows():
    points = [s for s in STUDY.settings("full") if s.name in (*QUICK, DRIFT_FAILS, DRIFT_READS)]
    return [row for setting in points for row in ideal(setting)]


def test_the_rows_of_the_failure_make_every_claim_and_control_hold(rows):
    verdicts = judged(STUDY, rows)
    assert STUDIES["failure"].name == STUDY.name
    failing = [v for v in verdicts if not v.holds]
    # An encoder that fails does not compose, which is a finding.
    assert {(v.kind, v.setting, v.metric) for v in failing} == {
        ("finding", setting, "text score: composes") for setting in FAILING
    }
    assert {v.kind for v in verdicts} == {"claim", "control", "finding"}
    assert {v.claim for v in verdicts} == {"T6", "T17", "T18"}
    assert len({v.id for v in verdicts}) == len(verdicts)
    assert {v.setting for v in verdicts if v.kind == "control"} == set(READING)
    claims = {setting for v in verdicts if (setting := v.setting) and v.kind == "claim"}
    assert claims == {COMPOSES, HALF_WAY, *FAILING}


MOVES = {
    "retrieval less text score": ("text score", 0.07),
    "retrieval less group score": ("group score", 0.08),
    "retrieval": ("retrieval", -0.02),
    "excess loss": ("excess loss", 0.02),
    "text score": ("text score", -0.2),
    "familiar image above its prediction": ("familiar image", -0.2),
    "novel image above its prediction": ("novel image", -0.2),
    "told by the image alone": ("told by the image alone", -0.2),
    "told by the text alone": ("told by the text alone", -0.2),
}
"""What is moved, and how far, to turn a verdict of each metric."""


def test_every_verdict_turns_when_its_rows_do(rows):
    for verdict in judged(STUDY, rows):
        if not verdict.holds:
            continue
        metric, by = MOVES[verdict.id.rsplit("/")[-1]]
        moved = [
            dataclasses.replace(row, value=row.value + by)
            if (row.setting, row.metric, row.labels["role"])
            == (verdict.setting, metric, "measured")
            else row
            for row in rows
        ]
        assert verdict.id in {v.id for v in judged(STUDY, moved) if not v.holds}


def test_quick_is_a_part_of_full_and_pixels_have_three_seeds():
    quick, full = assert_quick_is_part_of_full(STUDY)
    assert set(quick) == set(QUICK)
    assert len(full) == len(POINTS)
    for setting in full.values():
        seeds = 3 if setting.parameters["images"] == PIXELS else 5
        assert len(setting.trained.seeds) == seeds


def test_one_factor_at_a_time_is_varied():
    """From the point that fails; where two are varied, the name of the factor says so."""
    (base,) = (point for point in POINTS if point.name == FAILS)
    changed = base.setting((0,))
    for point in POINTS:
        other = point.setting((0,))
        assert (other.trained.key == changed.trained.key) == (point is base), point.name
        if isinstance(point.scenes().images, VectorImagesConfig):
            assert point.drift is None
            factors = {
                "salience": "salience",
                "coverage": "rho",
                "paraphrase": "paraphrase",
            }
            for factor, column in factors.items():
                if factor not in point.factor:
                    same = changed.parameters[column]
                    assert other.parameters[column] == same or "paraphrase" in point.factor
        else:
            images = point.scenes().images
            assert isinstance(images, PixelImagesConfig)
            assert images.drift == point.drift


def value(rows, metric, role="measured", **labels):
    (row,) = select(rows, metric=metric, role=role, **labels)
    return row.value


@pytest.mark.parametrize("rho", [0.0, 1.0])
def test_a_tiny_study_measures_all_that_is_judged(rho):
    point = Point("coverage", "tiny", rho=rho, scene={"nouns": ("disc", "ring", "cross", "star")})
    one, seeds = finish_tiny(point.setting((3,)), untrained, text_encoder=WordsInPlacesConfig(24))
    found = STUDY.rows(one, seeds)
    assert all(np.isfinite(row.value) and row.seed == 3 for row in found)
    negative = DRAWN if rho else NOVEL
    assert not select(found, negative=NOVEL if rho else DRAWN)
    assert value(found, "excess loss") > 0.0
    for half in ("familiar image", "novel image"):
        assert 0.0 <= value(found, half, "predicted", negative=negative) <= 1.0
    derived = list(STUDY.derive(found))
    text, group, retrieved = (
        value(found, metric, **({} if metric == "retrieval" else {"negative": negative}))
        for metric in ("text score", "group score", "retrieval")
    )
    if not rho:
        assert value(derived, "retrieval less text score") == pytest.approx(retrieved - text)
        assert value(derived, "retrieval less group score") == pytest.approx(retrieved - group)
    gap = value(found, "novel image", negative=negative) - value(
        found, "novel image", "predicted", negative=negative
    )
    assert value(derived, "novel image above its prediction") == pytest.approx(gap)
