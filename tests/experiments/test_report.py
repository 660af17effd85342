"""Reports are complete, and are not computed twice."""

from __future__ import annotations

import dataclasses
import json

import pandas as pd
import pytest

from experiments.report import passed, reproduce
from experiments.results.record import select
from experiments.results.table import read_rows
from experiments.training import run as run_module
from proofs_check import CLAIMS, Verdict
from scm.arguments import ArgumentError
from tests.experiments.reports import untrainable, verdicts_of


def test_a_report_holds_verdicts_rows_and_manifest(report):
    assert sorted(path.name for path in report.iterdir()) == [
        "manifest.json",
        "results.csv",
        "units",
        "verdicts.json",
    ]
    verdicts = verdicts_of(report, "trained")
    assert {v["setting"] for v in verdicts} == {"independent content", "shared style"}
    assert {v["kind"] for v in verdicts} == {"claim", "control"}
    assert all(v["claim"] == "T2" for v in verdicts)
    manifest = json.loads((report / "manifest.json").read_text())
    assert manifest["preset"] == "quick"
    assert manifest["devices"]
    assert {"jax", "flax", "optax"} <= set(manifest["packages"])
    # The loop of training and the probes at least; other tests may have compiled them.
    assert manifest["compiled"]["programs"] > 5
    assert manifest["compiled"]["seconds"] > 0
    assert 0 <= manifest["compiled"]["found"] <= manifest["compiled"]["programs"]


def test_exact_verdicts_come_first(report):
    verdicts = verdicts_of(report)
    assert verdicts == verdicts_of(report, "exact") + verdicts_of(report, "trained")
    assert [v["id"] for v in verdicts[:2]] == ["T2/small world/size", "T2/large world/size"]


def test_verdicts_are_means_of_the_rows(report):
    table = pd.read_csv(report / "results.csv")
    for verdict in verdicts_of(report, "trained"):
        about = verdict["id"].rsplit("/", 1)[1]
        role = "baseline" if about.startswith("untrained ") else "measured"
        predictor, target = about.removeprefix("untrained ").split(" to ")
        here = table[
            (table.setting == verdict["setting"])
            & (table.metric == "r2")
            & (table.role == role)
            & (table.probe == "kernel")
            & (table.predictor == predictor)
            & (table.target == target)
        ]
        assert sorted(here.seed) == [0, 1]
        wanted = here.value.mean()
        if "above ceiling" in verdict["metric"]:
            ceilings = table[
                (table.setting == verdict["setting"])
                & (table.role == "ceiling")
                & (table.probe == "kernel")
                & (table.target == target)
            ]
            assert sorted(ceilings.seed) == [0, 1]
            wanted -= ceilings.value.mean()
        assert verdict["measured"] == pytest.approx(wanted, rel=1e-9)


def test_rows_hold_the_loss_curve_and_the_hash_of_the_run(report, tiny_study):
    rows = select(read_rows(report / "results.csv"), study="sentence")
    runs = {setting.name: setting.run.key for setting in tiny_study.settings("quick")}
    assert all(row.labels["run"] == runs[row.setting] for row in rows)
    losses = [row for row in rows if row.metric == "loss"]
    assert [(row.setting, row.seed) for row in losses] == [
        (name, seed) for name in runs for seed in (0, 1)
    ]
    assert {row.labels["step"] for row in losses} == {20}


def test_exact_rows_come_first(report, tiny_exact_rows):
    rows = read_rows(report / "results.csv")
    assert rows[:2] == tiny_exact_rows
    assert {row.study for row in rows[2:]} == {"sentence"}


def test_a_second_time_nothing_is_measured(
    report, tiny_study, tiny_exact_study, monkeypatch, snapshot
):
    before, judged = snapshot(report), verdicts_of(report)
    monkeypatch.setattr(run_module, "train", untrainable)
    for study in (tiny_study, tiny_exact_study):
        monkeypatch.setattr(type(study), "rows", untrainable)
    reproduce(report)
    after = snapshot(report)
    timed = {str(report / name): "" for name in ("manifest.json", "verdicts.json")}
    assert before | timed == after | timed
    assert verdicts_of(report) == judged


def test_force_computes_everything_again(report, monkeypatch):
    before = (report / "results.csv").read_bytes(), verdicts_of(report)
    calls = []
    train = run_module.train

    def counted(config, seeds, **rest):
        calls.append(seeds)
        return train(config, seeds, **rest)

    monkeypatch.setattr(run_module, "train", counted)
    reproduce(report, force=True)
    assert calls == [(0, 1), (0, 1)]
    assert ((report / "results.csv").read_bytes(), verdicts_of(report)) == before


def test_a_run_is_trained_once_though_its_rows_are_lost(report, monkeypatch):
    before = (report / "results.csv").read_bytes(), verdicts_of(report)
    for path in (report / "units").glob("rows-*.json"):
        path.unlink()
    monkeypatch.setattr(run_module, "train", untrainable)
    reproduce(report)
    assert ((report / "results.csv").read_bytes(), verdicts_of(report)) == before


def test_the_manifest_tells_old_units_from_new(report, monkeypatch):
    """Resumed by other code: what is loaded keeps the commit that computed it."""
    path = next((report / "units").glob("rows-*.json"))
    path.unlink()
    old = json.loads((report / "manifest.json").read_text())["units"]
    assert [(len(one["loaded"]), len(one["computed"])) for one in old] == [(0, 5)]
    new = {name: old[0][name] for name in old[0] if name not in ("loaded", "computed")}
    new |= {"commit": "0123", "dirty": True}
    for module in ("units", "provenance"):
        monkeypatch.setattr(f"experiments.results.{module}.provenance", lambda: new)
    reproduce(report)
    manifest = json.loads((report / "manifest.json").read_text())
    assert (manifest["commit"], manifest["dirty"]) == ("0123", True)
    first, second = manifest["units"]
    assert first == old[0] | {"loaded": first["loaded"], "computed": []}
    assert len(first["loaded"]) == 4
    assert second == new | {"loaded": [], "computed": [path.name]}


def test_only_takes_the_studies_of_its_claims(report, hold):
    before = verdicts_of(report)
    reproduce(report, only=("T2",))
    assert verdicts_of(report) == before
    assert json.loads((report / "manifest.json").read_text())["only"] == ["T2"]
    t5 = dataclasses.replace(CLAIMS["T2"], id="T5", controls=())
    hold(CLAIMS, {**CLAIMS, "T5": t5})
    assert [verdict.id for verdict in reproduce(report, only=("T5",))] == ["T5/small world/size"]
    assert read_rows(report / "results.csv") == []


def test_only_takes_the_settings_of_its_claims(report, tiny_study, monkeypatch, hold):
    one, other = tiny_study.settings("quick")
    claimed = [
        dataclasses.replace(one, claims=("T2",)),
        dataclasses.replace(other, claims=("T5", "T2")),
    ]
    monkeypatch.setattr(tiny_study, "claims", ("T2", "T5"))
    monkeypatch.setattr(tiny_study, "settings", lambda _: claimed)
    hold(CLAIMS, {**CLAIMS, "T5": dataclasses.replace(CLAIMS["T2"], id="T5")})
    for only, settings in ((("T5",), [other]), (("T2",), [one, other]), ((), [one, other])):
        reproduce(report, only=only, force=True)
        trained = [row for row in read_rows(report / "results.csv") if row.study == "sentence"]
        assert {row.setting for row in trained} == {setting.name for setting in settings}
        claim_of = {one.name: "T2", other.name: "T5"}
        assert all(row.claim == claim_of[row.setting] for row in trained)


@pytest.mark.parametrize("name", ["deeper/results", "results"])
def test_bad_arguments_leave_nothing(tiny_study, tmp_path, name):  # noqa: ARG001
    (tmp_path / "results").write_text("a file")
    with pytest.raises(ArgumentError, match="only: expected one of T2, got 'T99'"):
        reproduce(tmp_path / name, only=("T99",))
    with pytest.raises(ArgumentError, match="out: expected a directory that can be written to"):
        reproduce(tmp_path / "results" / name)
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


def verdict(kind, measured):
    return Verdict(
        id=kind,
        claim="T2",
        kind=kind,
        method="trained",
        study="sentence",
        setting="a",
        metric="R2",
        relation=">=",
        predicted=0.5,
        measured=measured,
        interval=None,
        tolerance=0.0,
        seconds=0.0,
    )


def test_claims_and_controls_decide_and_findings_do_not():
    good = [verdict(kind, 0.6) for kind in ("claim", "control")]
    assert passed(good)
    assert passed([*good, verdict("finding", 0.4)])
    assert not passed([*good, verdict("claim", 0.4)])
    assert not passed([*good, verdict("control", 0.4)])
    assert not passed([*good, verdict("claim", float("nan"))])


def test_each_study_is_judged_and_drawn_once(tiny_study, finished_report, tmp_path, monkeypatch):
    """With its own rows, beside those that were drawn before."""
    judged, drawn = [], []
    verdicts = type(tiny_study).verdicts

    def counted(study, rows, seconds):
        judged.append(study.name)
        return verdicts(study, rows, seconds)

    monkeypatch.setattr(type(tiny_study), "verdicts", counted)
    found = reproduce(
        tmp_path / "results",
        draw=lambda rows, before: drawn.append(({row.study for row in rows}, list(before))),
    )
    assert judged == ["sentence"]
    assert drawn == [({"sizes"}, []), ({"sentence"}, ["sizes"])]
    assert [one.id for one in found] == [one["id"] for one in verdicts_of(finished_report)]
