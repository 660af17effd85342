"""The command line: what commands print and write, and their exit codes."""

from __future__ import annotations

import dataclasses
import json

import pytest
from matplotlib.figure import Figure

from experiments.results.table import read_rows
from experiments.studies.shared import agreement
from experiments.studies.trained import sentence
from experiments.training import run as run_module
from figures import FIGURES
from proofs_check import CLAIMS
from scm.version import VERSION


def test_version(tokenscm):
    assert tokenscm("--version") == (0, f"tokenscm {VERSION}\n", "")


def test_list_names_what_there_is(tokenscm):
    code, out, err = tokenscm("list")
    assert (code, err) == (0, "")
    for name in (
        "worlds",
        "operators",
        "encoders",
        "claims",
        "studies",
        "T2",
        "sentence",
        "mlp",
        "sizes",
    ):
        assert name in out


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ((), ("check", "reproduce", "figures", "list", "sweep", "show", "bench", "captions")),
        (("corpus",), ("FILE", "--pairs", "--out", "--column", "--seed")),
        (("negatives",), ("FILE", "--operators", "--depth", "--limit", "--world", "--out")),
        (("reproduce",), ("--preset", "--only", "--out", "--force")),
        (("check",), ("--only", "--out", "--verbose")),
        (("figures",), ("DIR", "Folder that")),
        (("list",), ()),
        (("sweep",), ("Whose measurements", "--grid", "--config", "--seeds", "--out")),
        (("config",), ("STUDY",)),
        (("compare",), ("DIR", "--verbose")),
        (("doctor",), ("--out",)),
        (("bench",), ("--out",)),
    ],
)
def test_help_names_every_option(tokenscm, command, options):
    code, out, _ = tokenscm(*command, "--help")
    assert code == 0
    for option in options:
        assert option in out


@pytest.mark.usefixtures("blank_figures")
def test_a_report_that_fails_exits_with_1(tokenscm, report, monkeypatch):  # noqa: ARG001
    monkeypatch.setattr(sentence, "EMBEDDING_BOUND", 2.0)
    code, out, _ = tokenscm("reproduce")
    assert code == 1
    assert "does not hold:" in out
    code, out, _ = tokenscm("reproduce", "--verbose")
    assert code == 1
    assert "FAILS" in out


def test_a_report_that_holds_exits_with_0(tokenscm, report, monkeypatch, tmp_path):
    monkeypatch.setattr(agreement, "BOUND", -9.0)
    monkeypatch.setattr(agreement, "APART", 9.0)
    monkeypatch.setattr(sentence, "EMBEDDING_BOUND", -9.0)
    monkeypatch.setattr(sentence, "SHARED_BOUND", -9.0)
    monkeypatch.setattr(sentence, "EXCESS", 9.0)
    monkeypatch.setattr(sentence, "CONTENT_BOUND", dict.fromkeys(sentence.CONTENT_BOUND, -9.0))
    monkeypatch.setattr(run_module, "train", None)
    code, out, err = tokenscm("reproduce")
    assert (code, err) == (0, "first results are in results, as results/figures/sentence.png\n")
    assert "claims and controls hold" in out
    drawn = {path.name for path in (report / "figures").iterdir()}
    assert drawn == {"sentence.png", "sentence.pdf"}
    before = {path: path.read_bytes() for path in (report / "figures").iterdir()}
    code, out, _ = tokenscm("figures", "results")
    assert code == 0
    assert "sentence.png" in out
    assert {path: path.read_bytes() for path in (report / "figures").iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["results"]
    page = (report / "report.html").read_bytes()
    assert tokenscm("report", "results")[0] == 0
    assert (report / "report.html").read_bytes() == page


@pytest.mark.usefixtures("report")
def test_a_report_is_drawn_once_for_files_and_page(tokenscm, hold, tmp_path):
    drawn = []

    def draw(rows):
        drawn.append({row.study for row in rows})
        return Figure()

    hold(FIGURES, {"sentence": draw})
    tokenscm("reproduce")
    assert drawn == [{"sentence"}]
    assert "sentence-figure" in (tmp_path / "results" / "report.html").read_text(encoding="utf-8")


def test_check_prints_and_writes_what_holds(tokenscm, tmp_path, tiny_exact_rows):
    code, out, err = tokenscm("check", "--only", "T2")
    assert (code, err) == (0, "")
    assert "2 of 2 claims and controls hold" in out
    verdicts = json.loads((tmp_path / "checks" / "verdicts.json").read_text())
    assert [(v["id"], v["kind"], v["method"]) for v in verdicts] == [
        ("T2/small world/size", "claim", "exact"),
        ("T2/large world/size", "control", "exact"),
    ]
    assert read_rows(tmp_path / "checks" / "results.csv") == tiny_exact_rows
    names = {path.name for path in (tmp_path / "checks").iterdir()}
    assert names == {"verdicts.json", "results.csv", "manifest.json", "units", "report.html"}


def test_check_draws_and_figures_redraws(tokenscm, tmp_path, hold):
    def draw(rows):
        figure = Figure()
        figure.subplots().plot([row.value for row in rows])
        return figure

    hold(FIGURES, {**FIGURES, "sizes": draw})
    assert tokenscm("check")[0] == 0
    paths = [tmp_path / "checks" / "figures" / name for name in ("sizes.png", "sizes.pdf")]
    before = [path.read_bytes() for path in paths]
    for path in paths:
        path.unlink()
    code, out, _ = tokenscm("figures", "checks")
    assert code == 0
    assert "sizes.png" in out
    assert [path.read_bytes() for path in paths] == before


def test_check_computes_again_what_is_there(
    tokenscm, tmp_path, monkeypatch, tiny_exact_study, tiny_exact_rows
):
    tokenscm("check")
    unit = next((tmp_path / "checks" / "units").iterdir())
    unit.write_text(unit.read_text()[:-50])
    rows = [dataclasses.replace(row, value=3.0) for row in tiny_exact_rows]
    monkeypatch.setattr(type(tiny_exact_study), "rows", lambda *_: rows)
    assert tokenscm("check")[0] == 0
    assert read_rows(tmp_path / "checks" / "results.csv") == rows


def test_check_takes_the_studies_of_its_claims(tokenscm, tmp_path, hold):
    t5 = dataclasses.replace(CLAIMS["T2"], id="T5", controls=())
    hold(CLAIMS, {**CLAIMS, "T5": t5})
    assert tokenscm("check", "--only", "T5")[0] == 0
    assert read_rows(tmp_path / "checks" / "results.csv") == []


def test_a_check_that_fails_exits_with_1(tokenscm, hold):
    wrong = dataclasses.replace(CLAIMS["T2"], worlds={"large world": lambda: 2.0})
    hold(CLAIMS, {**CLAIMS, "T2": wrong})
    code, out, _ = tokenscm("check", "--out", "checked")
    assert code == 1
    assert "T2, check, large world: size 2.000, where <= 1" in " ".join(out.split())


def test_options_that_add_up_and_home(tokenscm, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert tokenscm("check", "--only", "T2", "--only", "T2", "--out=~/checks")[0] == 0
    manifest = json.loads((tmp_path / "home" / "checks" / "manifest.json").read_text())
    assert manifest["only"] == ["T2"]
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def broken(_):
    raise ZeroDivisionError("in a figure")


def test_a_failure_in_drawing_is_exit_3_after_the_verdicts(tokenscm, tmp_path, hold):
    stale = tmp_path / "checks" / "figures" / "sizes.png"
    stale.parent.mkdir(parents=True)
    stale.write_text("of other rows")
    hold(FIGURES, {**FIGURES, "sizes": broken})
    code, out, err = tokenscm("check")
    assert code == 3
    assert "2 of 2 claims and controls hold" in out
    assert "ZeroDivisionError: in a figure" in err
    assert len(json.loads((tmp_path / "checks" / "verdicts.json").read_text())) == 2
    assert len(read_rows(tmp_path / "checks" / "results.csv")) == 2
    assert not stale.exists()
    code, out, err = tokenscm("figures", "checks")
    assert (code, out) == (2, "")
    assert err == (
        "tokenscm: checks/results.csv: expected complete rows of a report, got rows of which "
        "figure sizes cannot be drawn (ZeroDivisionError: in a figure)\n"
    )


def test_figures_of_other_claims_are_removed(tokenscm, tmp_path, hold):
    hold(FIGURES, {**FIGURES, "sizes": lambda _: Figure()})
    assert tokenscm("check", "--only", "T2")[0] == 0
    folder = tmp_path / "checks" / "figures"
    (folder / "mine.png").write_text("a user's own")
    hold(CLAIMS, {**CLAIMS, "T5": dataclasses.replace(CLAIMS["T2"], id="T5")})
    assert tokenscm("check", "--only", "T5")[0] == 0
    assert [path.name for path in folder.iterdir()] == ["mine.png"]


def test_a_summary_fits_a_screen(tokenscm, hold):
    hold(CLAIMS, {**CLAIMS, "T10": dataclasses.replace(CLAIMS["T2"], id="T10", title="M" * 36)})
    code, out, _ = tokenscm("check")
    assert code == 0
    lines = out.splitlines()
    assert max(map(len, lines)) <= 80
    # A line for each statement, and its counts at the end.
    assert [line.split()[0] for line in lines[1:3]] == ["T2", "T10"]
    assert lines[-2:] == ["4 of 4 claims and controls hold", "report: checks/report.html"]


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (("chekc",), "check"),
        (("show", "scene"), "scenes"),
        (("check", "--only", "T22"), "T2"),
        (("sweep", "sentense", "--grid", "steps=2"), "sentence"),
        (("sweep", "sentence", "--grid", "stepz=2"), None),
        (("sweep", "sentence", "--grid", "optimizer.learning_rat=2"), "learning_rate"),
        (("config", "Sentence"), "sentence"),
    ],
)
def test_what_is_almost_right_is_guessed(tokenscm, arguments, meant):
    code, out, err = tokenscm(*arguments)
    assert (code, out) == (2, "")
    assert err.endswith(f"; did you mean {meant}?\n") == (meant is not None)


def test_a_config_is_printed_edited_and_swept(tokenscm, tmp_path):
    code, out, _ = tokenscm("config", "sentence")
    assert code == 0
    (tmp_path / "mine.toml").write_text(out.replace("\nsteps = ", "\nsteps = 1  # "))
    code, out, _ = tokenscm("sweep", "sentence", "--config", "mine.toml")
    assert code == 0
    rows = read_rows(tmp_path / "sweeps" / "sweep.csv")
    assert {row.labels["step"] for row in rows if row.metric == "loss"} == {1}
    # Nothing varies, so there is nothing to draw.
    assert out.split() == ["sweeps/sweep.csv", "sweeps/report.html"]
