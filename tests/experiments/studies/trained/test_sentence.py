"""Verdicts of the sentence study follow from its rows."""

from __future__ import annotations

import dataclasses

import pytest

from experiments.results.record import Measurement
from experiments.studies import STUDIES
from experiments.studies.trained.sentence import SentenceStudy
from scm import SentenceConfig
from tests.experiments.tiny_studies import (
    assert_every_verdict_turns,
    assert_quick_is_part_of_full,
    judged,
)

STUDY = SentenceStudy()
SUFFIX = {"image": "img", "text": "txt"}


def ideal_rows(setting):
    """Rows as the theory has them: exact content, nuisances on their ceiling, controls failing."""
    found = []

    def add(role, predictor, target, value):
        labels = {"predictor": predictor, "target": target, "probe": "kernel"}
        found.extend(
            STUDY.row(setting, Measurement("r2", value, role, labels, seed))
            for seed in setting.trained.seeds
        )

    few = setting.name == "too few outputs"
    shared = setting.name == "shared style"
    for side, suffix in SUFFIX.items():
        add("measured", side, "z_inv", 0.59 if few else 0.999)
        add("measured", "z_inv", side, 0.999)
        if setting.name == "independent content":
            add("measured", f"{side} of another seed", side, 0.999)
            add("baseline", f"{side} of another seed", side, 0.1)
        for block in ("z_dp", "z_pr"):
            add("measured", side, f"{block}_{suffix}", 0.99 if shared and block == "z_dp" else 0.4)
            add("ceiling", "z_inv", f"{block}_{suffix}", 0.4)
        add("measured", side, "lost", 0.3)
    add("ceiling", "kept", "lost", 0.3)
    return found


def verdicts_of(rows):
    return judged(STUDY, rows)


@pytest.fixture(scope="module")
def rows():
    return [row for setting in STUDY.settings("quick") for row in ideal_rows(setting)]


def test_the_theorys_rows_make_every_claim_and_control_hold(rows):
    verdicts = verdicts_of(rows)
    assert {v.setting for v in verdicts} == {s.name for s in STUDY.settings("quick")}
    assert {v.kind for v in verdicts} == {"claim", "control", "finding"}
    assert all(v.holds for v in verdicts if v.gates)


def test_ids_are_unique(rows):
    ids = [v.id for v in verdicts_of(rows)]
    assert len(ids) == len(set(ids))


def test_every_verdict_turns_when_its_rows_do(rows):
    assert_every_verdict_turns(STUDY, rows)


def test_every_verdict_turns_when_its_prediction_does(rows):
    for verdict in verdicts_of(rows):
        sign = {">=": 1, "<=": -1, "~=": 1}[verdict.relation]
        altered = dataclasses.replace(verdict, predicted=verdict.measured + 2 * sign)
        assert not altered.holds


def test_nuisances_are_held_to_their_own_ceiling(rows):
    lower = [
        dataclasses.replace(row, value=0.3)
        if row.labels["role"] == "ceiling" and row.labels["target"] == "z_dp_img"
        else row
        for row in rows
    ]
    turned = [v for v in verdicts_of(lower) if v.gates and not v.holds]
    assert turned
    assert all(v.id.endswith("/image to z_dp_img") and v.relation == "~=" for v in turned)


def test_seeds_that_do_not_agree_fail_where_content_has_one_law(rows):
    about = {"image of another seed to image", "text of another seed to text"}
    claims = {v.id.rsplit("/")[-1] for v in verdicts_of(rows) if "another seed" in v.id}
    assert claims == about | {f"untrained {one}" for one in about}
    for role, turned in (("measured", about), ("baseline", {f"untrained {one}" for one in about})):
        moved = [
            dataclasses.replace(row, value=0.95)
            if "another seed" in row.labels["predictor"] and row.labels["role"] == role
            else row
            for row in rows
        ]
        assert {v.id.rsplit("/")[-1] for v in verdicts_of(moved) if not v.holds} == turned


def test_rows_of_other_probes_do_not_count(rows):
    others = [
        dataclasses.replace(row, value=-9.0, labels=row.labels | {"probe": "linear"})
        for row in rows
    ]
    assert verdicts_of(rows + others) == verdicts_of(rows)


def test_a_verdict_without_rows_does_not_hold(rows):
    kept = [row for row in rows if row.labels["role"] != "ceiling"]
    lost = {v.id for v in verdicts_of(kept) if not v.holds}
    held = {v.id for v in verdicts_of(rows) if v.holds and v.relation != ">="}
    by_ceiling = {i for i in held if "too few outputs" not in i and "untrained" not in i}
    assert by_ceiling <= lost


def test_quick_is_a_part_of_full():
    quick, full = assert_quick_is_part_of_full(STUDY)
    assert len(quick) < len(full)
    assert all(len(setting.trained.seeds) == 5 for setting in full.values())


def test_quick_keeps_every_control_and_four_settings_with_two_seeds():
    quick, full = (STUDY.settings(preset) for preset in ("quick", "full"))
    controls = {s.name for s in full if s.parameters["kind"] == "control"}
    assert controls <= {s.name for s in quick}
    main = [s for s in quick if len(s.trained.seeds) == 2]
    assert len(main) >= 4


def test_claims_are_made_under_assumption_1_only():
    for setting in STUDY.settings("full"):
        world = setting.trained.config.world
        if setting.parameters["kind"] == "claim":
            assert isinstance(world, SentenceConfig)
            assert world.satisfies_assumption_1
            assert (world.n_inv, world.n_dp, world.n_pr_img, world.n_pr_txt) == (5, 5, 5, 5)
            assert world.mixing_img.depth == world.mixing_txt.depth == 3


def test_settings_are_named_once():
    for preset in ("quick", "full"):
        names = [setting.name for setting in STUDY.settings(preset)]
        assert len(names) == len(set(names))


def test_the_study_is_registered():
    assert isinstance(STUDIES["sentence"], SentenceStudy)
