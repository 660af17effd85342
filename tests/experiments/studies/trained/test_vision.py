"""The studies of the vision side: verdicts follow from rows, and tiny ones run from end to end."""

from __future__ import annotations

import dataclasses
import itertools

import jax
import numpy as np
import pytest

from experiments.encoders import MLPConfig, PatchPoolConfig
from experiments.probes import sample
from experiments.probes.encoded_world import FreshPairs
from experiments.probes.scene_images import SceneImages
from experiments.results.record import Measurement, select
from experiments.studies import STUDIES
from experiments.studies.shared.operator_settings import setting
from experiments.studies.shared.operator_worlds import OPERATOR_WORLDS
from experiments.studies.trained.blind_images import (
    BlindImagesStudy,
    counterparts,
    least_cosine,
    optimal_loss,
)
from experiments.studies.trained.vision import VisionStudy
from experiments.studies.trained.vision_measures import costly_gap
from experiments.vocabulary.encoders import AWARE, PATCH_POOL, PATCH_TRANSFORMER
from experiments.vocabulary.tolerances import LOSS_TOLERANCE
from proofs_check import FiniteWorld
from proofs_check.quantities.binomial import binomial_mean
from scm import SceneSCM
from tests.experiments.tiny_studies import (
    assert_quick_is_part_of_full,
    failing,
    finish_tiny,
    judged,
)

SWAP = OPERATOR_WORLDS["SWAP"]
WORDS = SWAP.encoder("bag of words")


def ideal_vision(setting):
    """(metric, role, labels) to value, as T14 and T15 have it."""
    blind, rho = setting.parameters["encoder"] != AWARE, setting.parameters["rho"]
    values = {
        ("paired distance", "measured", "in distribution"): 0.2,
        ("centroid gap", "measured", "in distribution"): 0.1,
        ("fresh loss", "measured", None): 1.01,
        ("fresh loss", "predicted", None): 1.0,
        ("scene told", "measured", None): 0.5,
        ("scene told", "chance", None): 0.5,
        ("tie cost", "measured", None): 0.0 if blind else 2.0 * rho,
    }
    pairs = {"novel": rho < 1, "drawn": rho > 0}
    for name in (name for name, there in pairs.items() if there):
        apart = name == "novel" and blind
        values["paired distance", "measured", name] = 1.0 if apart else 0.2
        values["paired distance", "predicted", name] = 1.0
        values["paired distance", "tolerance", name] = 0.3
        values["centroid gap", "measured", name] = 0.6
    if rho > 0:
        values["directed exchange", "measured", "covered"] = 0.1
        values["score gap", "measured", "covered"] = 0.03 if blind else 15.0
    return values


def ideal_images(setting):
    blind, rho = setting.parameters["encoder"] == PATCH_POOL, setting.parameters["rho"]
    optimum = 1.5 if blind else 1.5 - 0.5 * rho
    return {
        ("fresh loss", "measured", None): optimum + 0.01,
        ("fresh loss", "predicted", None): optimum,
        ("least cosine", "measured", None): 1.0 if blind else 0.2,
    }


BY_ORBITS = ("directed exchange", "score gap")

IDEAL = {"vision": ideal_vision, "blind_images": ideal_images}


def rows_of(study, setting):
    return [
        study.row(
            setting,
            Measurement(
                metric,
                value,
                role,
                {} if of is None else {"orbits" if metric in BY_ORBITS else "pairs": of},
                seed,
            ),
        )
        for (metric, role, of), value in IDEAL[study.name](setting).items()
        for seed in setting.trained.seeds
    ]


@pytest.fixture(params=IDEAL)
def study(request):
    return STUDIES[request.param]


@pytest.fixture
def rows(study):
    return [row for setting in study.settings("quick") for row in rows_of(study, setting)]


def test_the_theorys_rows_make_every_verdict_hold(study, rows):
    verdicts = judged(study, rows)
    assert {"claim", "control", "identity"} <= {v.kind for v in verdicts}
    assert {v.claim for v in verdicts} == set(study.claims)
    assert all(v.holds for v in verdicts), [v.id for v in verdicts if not v.holds]
    assert len({v.id for v in verdicts}) == len(verdicts)


def test_every_verdict_turns_when_what_is_measured_does(study, rows):
    """Move all that is measured of one metric up or down: each verdict turns at some."""
    rows = [row for row in rows if row.labels["operator"] == "SWAP"]
    changes = (
        (lambda labels: 0.5 + labels["rho"], lambda labels: labels["encoder"] != PATCH_TRANSFORMER),
        (lambda _: 3.0, lambda _: True),
        (lambda _: 9.0, lambda labels: labels["encoder"] != AWARE),
        (lambda _: 3.0, lambda labels: labels.get("pairs") == "novel"),
    )
    turned = set()
    for metric in {row.metric for row in rows if row.labels["role"] == "measured"}:
        for step, (size, which) in itertools.product((-1.0, 1.0), changes):
            moved = [
                dataclasses.replace(row, value=row.value + step * size(row.labels))
                if (row.metric, row.labels["role"]) == (metric, "measured") and which(row.labels)
                else row
                for row in rows
            ]
            turned |= {v.id for v in failing(study, moved)}
    assert turned == {v.id for v in judged(study, rows)}


@pytest.mark.parametrize(
    ("name", "metric", "about"),
    [
        ("vision", "paired distance", "paired distance of novel pairs"),
        ("vision", "fresh loss", "tie cost less excess loss"),
        ("vision", "fresh loss", "fresh loss"),
        ("blind_images", "fresh loss", "fresh loss"),
    ],
)
@pytest.mark.parametrize("step", [-0.5, 0.5])
def test_claims_turn_when_their_prediction_does(name, metric, about, step):
    study = STUDIES[name]
    rows = [row for setting in study.settings("quick") for row in rows_of(study, setting)]
    moved = [
        dataclasses.replace(row, value=row.value + step)
        if row.metric == metric and row.labels["role"] == "predicted"
        else row
        for row in rows
    ]
    mine = [v for v in judged(study, moved) if v.metric == about and v.gates]
    one_sided = about == "tie cost less excess loss" and step < 0
    assert mine
    assert all(v.holds == one_sided for v in mine)


def test_a_gap_that_is_not_the_price_fails():
    study = BlindImagesStudy()
    rows = [row for setting in study.settings("quick") for row in rows_of(study, setting)]
    moved = [
        dataclasses.replace(row, value=row.value + 0.2)
        if row.labels["role"] == "predicted" and row.labels["encoder"] == PATCH_POOL
        else row
        for row in rows
    ]
    gaps = [v for v in judged(study, moved) if "above the patch" in v.metric]
    assert len(gaps) == 2
    assert not any(v.holds for v in gaps)


def test_a_verdict_without_measurements_does_not_hold(study, rows):
    found = judged(study, [row for row in rows if row.labels["role"] != "measured"])
    assert found
    assert not any(v.holds for v in found)


def test_quick_is_a_part_of_full(study):
    quick, full = assert_quick_is_part_of_full(study)
    assert all(set(full[name].trained.seeds) == {0, 1, 2, 3, 4} for name in quick)
    assert any(s.parameters["images"] == "pixels" for s in full.values())


def test_points_are_those_that_other_studies_ask_of():
    found = {s.name: s.trained.key for s in VisionStudy().settings("quick")}
    one = setting("SWAP", SWAP.blind, 0.5, (0, 1))
    assert found[one.name] == one.trained.key


def test_the_gap_that_costs_as_much_as_a_loss_may_exceed_its_optimum():
    for rho in (0.25, 1.0):
        assert rho * np.log(np.cosh(costly_gap(rho) / 2)) / 2 == pytest.approx(LOSS_TOLERANCE)


@pytest.mark.parametrize(("blind", "classes"), [(True, 15), (False, 30)])
def test_optima_of_images_are_those_of_equiprobable_classes(blind, classes):
    table = SWAP.world(1.0).caption_table(jax.random.key(0))
    found = optimal_loss(FiniteWorld.from_captions(table, [SWAP.operator]), blind=blind)
    wanted = binomial_mean(np.log(np.arange(1.0, 65)), np.array([1 / classes]))
    assert found == pytest.approx(float(wanted[0]))


@pytest.fixture
def small_probes(monkeypatch):
    for name, points in (("TRAIN", 192), ("VALIDATION", 64), ("TEST", 128)):
        monkeypatch.setattr(sample, name, points)
    draw = SceneImages.draw
    monkeypatch.setattr(SceneImages, "draw", lambda encoded, key: draw(encoded, key, images=8))
    fresh = FreshPairs.draw
    monkeypatch.setattr(FreshPairs, "draw", lambda *of: fresh(*of, pairs=256))


@pytest.mark.usefixtures("small_probes")
def test_a_tiny_vision_study_measures_all_that_is_judged():
    study = VisionStudy()
    one, seeds = finish_tiny(
        setting("SWAP", SWAP.blind, 0.5, (3,)), text_encoder=WORDS, batch_size=16
    )
    rows = study.rows(one, seeds)
    assert all(np.isfinite(row.value) for row in rows)
    found = {(row.metric, row.labels.get("role"), row.labels.get("pairs")) for row in rows}
    wanted = {
        (metric, role, pairs)
        for metric, role, pairs in ideal_vision(one)
        if metric not in BY_ORBITS
    }
    assert wanted <= found
    assert {("paired distance", "baseline", "novel"), ("scene told", "baseline", None)} <= found
    assert {row.claim for row in rows if row.metric == "tie cost"} == {"T15"}
    (bound,) = select(rows, metric="score gap", role="bound")
    assert bound.value == pytest.approx(costly_gap(8 / 15))
    claims = {v.metric for v in judged(study, rows) if v.kind == "claim"}
    assert claims == {
        "paired distance in distribution",
        "paired distance of novel pairs, less that in distribution",
        "fresh loss",
        "score gap of two scenes of a covered orbit",
    }
    # No order-aware encoder is there to compare scores with.
    assert not any(v.holds for v in judged(study, rows) if "score gap" in v.metric)


@pytest.mark.usefixtures("small_probes")
def test_a_tiny_study_of_blind_images_shows_blindness_from_the_start():
    study = BlindImagesStudy()
    pool = PatchPoolConfig(12, (8,))
    small = {"image_encoder": pool, "text_encoder": WORDS, "batch_size": 16}
    rows = study.rows(*finish_tiny(study.base(), **small))
    cosines = [row.value for row in select(rows, metric="least cosine")]
    assert len(cosines) == 2
    assert cosines == pytest.approx([1.0, 1.0], abs=1e-6)
    roles = {row.labels["role"] for row in select(rows, metric="fresh loss")}
    assert roles == {"measured", "baseline", "predicted"}
    verdicts = judged(study, rows)
    assert [v.holds for v in verdicts if "least cosine" in v.metric] == [True]


def test_counterparts_exchange_the_halves_of_images():
    """No object crosses the middle, and each goes over pixel by pixel."""
    config = BlindImagesStudy().base().trained.config
    world = config.build_world(0)
    assert isinstance(world, SceneSCM)
    one, other = counterparts(world, jax.random.key(0), pictures=64)
    half = one.shape[2] // 2
    np.testing.assert_allclose(one[:, :, :half], other[:, :, half:], atol=1e-5)
    np.testing.assert_allclose(one[:, :, half:], other[:, :, :half], atol=1e-5)
    assert np.abs(one - other).max(axis=(1, 2, 3)).min() > 0.1
    config = dataclasses.replace(config, image_encoder=MLPConfig((8,)), text_encoder=WORDS)
    encoders = config.build_encoders(0)
    assert least_cosine(encoders, one, one) == pytest.approx(1.0, abs=1e-6)
    assert least_cosine(encoders, one, other) < 0.99
