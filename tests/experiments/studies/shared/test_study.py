"""Measurements become rows, labelled with what is known of them."""

from __future__ import annotations

import numpy as np

from experiments.encoders import MLPConfig
from experiments.results.record import Measurement, Row
from experiments.studies import ProbedSeed, Setting, Study, probed
from experiments.training.config import TrainingConfig
from experiments.training.loop import Trained
from experiments.training.run import FinishedRun, Run
from scm import SentenceConfig


class Sizes(Study):
    """Measures a number a seed, or one."""

    name = "sizes"
    version = 1
    claims = ("T2", "T5")
    title = "How large?"

    def settings(self, preset):
        del preset
        return [Setting("one")]

    def measure(self, setting, seeds):
        del setting
        for seed in seeds or (None,):
            number = seed.seed if isinstance(seed, ProbedSeed) else 0
            yield Measurement("size", 1.5, labels={"of": "world"}, seed=number)

    def verdicts(self, rows, seconds):
        del rows, seconds
        return []


STUDY = Sizes()
SETTING = Setting("one", None, {"rho": 0.5, "of": "nothing"})


def test_a_row_says_all_that_is_known_of_a_measurement():
    row = STUDY.row(SETTING, Measurement("size", 1.5, "predicted", {"K": 4}, 3, "T5"))
    labels = {"rho": 0.5, "of": "nothing", "role": "predicted", "K": 4}
    assert row == Row("sizes", "T5", "one", 3, "size", 1.5, labels)


def test_a_measurement_is_measured_at_seed_0_unless_it_says_otherwise():
    row = STUDY.row(SETTING, Measurement("size", 1.5))
    assert (row.seed, row.labels["role"], row.claim) == (0, "measured", "T2")


def test_what_stands_beside_nothing_has_no_role():
    assert "role" not in STUDY.row(SETTING, Measurement("size", 1.5, None)).labels


def test_a_measurement_says_more_than_its_setting():
    row = STUDY.row(SETTING, Measurement("size", 1.5, labels={"of": "world"}))
    assert row.labels["of"] == "world"
    assert SETTING.parameters["of"] == "nothing"


def test_the_claim_is_the_measurements_else_the_settings_first_else_the_studys():
    asked = Setting("one", None, {}, ("T5", "T2"))
    assert STUDY.row(asked, Measurement("size", 1.0)).claim == "T5"
    assert STUDY.row(asked, Measurement("size", 1.0, claim="T2")).claim == "T2"
    assert STUDY.row(SETTING, Measurement("size", 1.0)).claim == "T2"


def test_numbers_of_rows_are_pythons():
    row = STUDY.row(SETTING, Measurement("size", np.float64(0.5), labels={"K": np.int64(4)}))
    assert type(row.value) is float
    assert type(row.labels["K"]) is int


def test_rows_of_what_is_trained_have_its_run_and_its_loss_curve():
    world = SentenceConfig(n_inv=2, n_dp=2, n_pr_img=2, n_pr_txt=2)
    config = TrainingConfig(world=world, text_encoder=MLPConfig((4,)), embedding_size=2, steps=20)
    run = Run(config, (3, 5))
    encoders = tuple(config.build_encoders(seed) for seed in run.seeds)
    trained = Trained(encoders, np.array([[4.0, 2.0], [5.0, 3.0]]), np.array([10, 20]))
    setting = Setting("one", run, {"rho": 0.5})
    rows = STUDY.rows(setting, probed(FinishedRun(run, trained, 0.0)))
    assert {row.labels["run"] for row in rows} == {run.key}
    assert [(row.metric, row.seed) for row in rows[:2]] == [("size", 3), ("size", 5)]
    curve = [(row.metric, row.seed, row.labels["step"], row.value) for row in rows[2:]]
    assert curve == [
        ("loss", 3, 10, 4.0),
        ("loss", 3, 20, 2.0),
        ("loss", 5, 10, 5.0),
        ("loss", 5, 20, 3.0),
    ]
    assert all("role" not in row.labels for row in rows[2:])
    assert all(row.labels["rho"] == 0.5 for row in rows)


def test_rows_of_what_is_exact_have_no_run_and_nothing_follows_from_them():
    rows = STUDY.rows(SETTING)
    assert [(row.metric, row.value) for row in rows] == [("size", 1.5)]
    assert "run" not in rows[0].labels
    assert list(STUDY.derive(rows)) == []
