"""The command line: exit codes, one sentence on an error, nothing written then."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from experiments import run as run_module
from experiments.cli import main
from experiments.rows import read_rows, select
from experiments.studies import sentence
from figures import FIGURES
from proofs_check import CLAIMS
from scm.version import VERSION

ROOT = Path(__file__).parents[2]


@pytest.fixture
def tokenscm(monkeypatch, capsys, tmp_path, tiny_study):  # noqa: ARG001
    """A function that runs the command in `tmp_path` and gives exit code, output and errors."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["tokenscm", *map(str, arguments)])
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = stop.code
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


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
        ((), ("check", "reproduce", "figures", "list", "sweep", "show", "bench")),
        (("reproduce",), ("--preset", "--only", "--out", "--force")),
        (("check",), ("--only", "--out")),
        (("figures",), ("DIR", "Folder that")),
        (("list",), ()),
        (("sweep",), ("Which study", "--grid", "--seeds", "--out")),
        (("bench",), ("--out",)),
    ],
)
def test_help_names_every_option(tokenscm, command, options):
    code, out, _ = tokenscm(*command, "--help")
    assert code == 0
    for option in options:
        assert option in out


def test_a_report_that_fails_exits_with_1(tokenscm, report, monkeypatch):  # noqa: ARG001
    monkeypatch.setattr(sentence, "EMBEDDING_BOUND", 2.0)
    code, out, _ = tokenscm("reproduce")
    assert code == 1
    assert "FAILS" in out


def test_a_report_that_holds_exits_with_0(tokenscm, report, monkeypatch, tmp_path):
    monkeypatch.setattr(sentence, "EMBEDDING_BOUND", -9.0)
    monkeypatch.setattr(sentence, "SHARED_BOUND", -9.0)
    monkeypatch.setattr(sentence, "EXCESS", 9.0)
    monkeypatch.setattr(sentence, "CONTENT_BOUND", dict.fromkeys(sentence.CONTENT_BOUND, -9.0))
    monkeypatch.setattr(run_module, "train", None)
    code, out, err = tokenscm("reproduce")
    assert (code, err) == (0, "")
    assert "claims and controls hold" in out
    drawn = {path.name for path in (report / "figures").iterdir()}
    assert drawn == {"block_identifiability.png", "block_identifiability.pdf"}
    before = {path: path.read_bytes() for path in (report / "figures").iterdir()}
    code, out, _ = tokenscm("figures", "results")
    assert code == 0
    assert "block_identifiability.png" in out
    assert {path: path.read_bytes() for path in (report / "figures").iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


def test_check_prints_and_writes_what_holds(tokenscm, tmp_path, tiny_exact_study):
    code, out, err = tokenscm("check", "--only", "T2")
    assert (code, err) == (0, "")
    assert "2 of 2 claims and controls hold" in out
    verdicts = json.loads((tmp_path / "checks" / "verdicts.json").read_text())
    assert [(v["id"], v["kind"], v["method"]) for v in verdicts] == [
        ("T2/small world/size", "claim", "exact"),
        ("T2/large world/size", "control", "exact"),
    ]
    assert read_rows(tmp_path / "checks" / "results.csv") == tiny_exact_study.rows()
    names = {path.name for path in (tmp_path / "checks").iterdir()}
    assert names == {"verdicts.json", "results.csv", "manifest.json", "units"}


def test_check_draws_and_figures_redraws(tokenscm, tmp_path, monkeypatch):
    def draw(rows):
        figure = Figure()
        figure.subplots().plot([row.value for row in select(rows, study="sizes")])
        return figure

    monkeypatch.setitem(FIGURES._entries, "sizes", draw)
    assert tokenscm("check")[0] == 0
    paths = [tmp_path / "checks" / "figures" / name for name in ("sizes.png", "sizes.pdf")]
    before = [path.read_bytes() for path in paths]
    for path in paths:
        path.unlink()
    code, out, _ = tokenscm("figures", "checks")
    assert code == 0
    assert "sizes.png" in out
    assert [path.read_bytes() for path in paths] == before


def test_check_computes_again_what_is_there(tokenscm, tmp_path, monkeypatch, tiny_exact_study):
    tokenscm("check")
    unit = next((tmp_path / "checks" / "units").iterdir())
    unit.write_text(unit.read_text()[:-50])
    rows = [dataclasses.replace(row, value=3.0) for row in tiny_exact_study.rows()]
    monkeypatch.setattr(type(tiny_exact_study), "rows", lambda _: rows)
    assert tokenscm("check")[0] == 0
    assert read_rows(tmp_path / "checks" / "results.csv") == rows


def test_check_takes_the_studies_of_its_claims(tokenscm, tmp_path, monkeypatch):
    t5 = dataclasses.replace(CLAIMS["T2"], id="T5", controls=())
    monkeypatch.setitem(CLAIMS._entries, "T5", t5)
    assert tokenscm("check", "--only", "T5")[0] == 0
    assert read_rows(tmp_path / "checks" / "results.csv") == []


def test_a_check_that_fails_exits_with_1(tokenscm, monkeypatch):
    wrong = dataclasses.replace(CLAIMS["T2"], worlds={"large world": lambda: 2.0})
    monkeypatch.setitem(CLAIMS._entries, "T2", wrong)
    code, out, _ = tokenscm("check", "--out", "checked")
    assert code == 1
    assert "FAILS" in out


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("check", "--only", "T99"), "only: expected one of T2, got 'T99'"),
        (("check", "--out", "file"), "out: expected a directory that can be written to"),
        (("reproduce", "--only", "T99"), "only: expected one of T2, got 'T99'"),
        (("reproduce", "--out", "file"), "out: expected a directory that can be written to"),
        (("reproduce", "--out", "file/deeper"), "out: expected a directory"),
        (("figures", "nowhere"), "nowhere/results.csv: expected a table of results"),
        (("figures", "file"), "file/results.csv: expected a table of results"),
        (("sweep", "paragraph", "--grid", "steps=1"), "study: expected one of sentence"),
        (("sweep", "sentence", "--grid", "stops=1"), "grid: expected one of"),
        (("sweep", "sentence", "--grid", "steps=1", "--grid", "law"), "grid: expected NAME=V1,V2"),
        (("sweep", "sentence", "--grid", "steps=some"), "grid: expected values of type int"),
        (("sweep", "sentence", "--grid", "style_change=1.5"), "style_change: expected a number"),
        (("sweep", "sentence", "--grid", "n_inv=-1"), "n_inv: expected an integer of at least 1"),
        (("sweep", "sentence", "--grid", "embedding_size=0"), "embedding_size: expected"),
        (("sweep", "sentence", "--grid", "steps=1", "--out", "file"), "out: expected a directory"),
        (("sweep", "sentence", "--grid", "steps=1", "--seeds", "0"), "seeds: expected an integer"),
        (("bench", "--out", "file/deeper.json"), "out: expected"),
    ],
)
def test_bad_usage_is_one_sentence_and_exit_2(tokenscm, tmp_path, snapshot, arguments, text):
    (tmp_path / "file").write_text("a file")
    before = snapshot(tmp_path)
    code, out, err = tokenscm(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"tokenscm: {text}")
    assert err.count("\n") == 1
    assert snapshot(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("train",),
        ("reproduce", "--preset", "slow"),
        ("reproduce", "--speed", "3"),
        ("sweep",),
        ("sweep", "sentence"),
        ("figures",),
    ],
)
def test_what_does_not_parse_is_exit_2_and_writes_nothing(tokenscm, tmp_path, arguments):
    code, _, err = tokenscm(*arguments)
    assert code == 2
    assert err
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_unit_is_exit_2_and_nothing_else_is_written(tokenscm, report, snapshot):
    path = next((report / "units").glob("rows-*.json"))
    path.write_text(path.read_text()[:-50])
    before = snapshot(report)
    code, out, err = tokenscm("reproduce")
    assert (code, out) == (2, "")
    assert err.startswith("tokenscm: ")
    assert f"{path.name}: expected a complete unit" in err
    assert err.count("\n") == 1
    assert snapshot(report) == before


UNKNOWN_LAW = "from experiments.cli import main; main()"


def test_an_unknown_law_is_one_sentence_and_exit_2(tmp_path):
    """In a process of its own: here types are checked before the setting is."""
    done = subprocess.run(
        [sys.executable, "-c", UNKNOWN_LAW, "sweep", "sentence", "--grid", "law=chaos"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("tokenscm: law: expected one of independent, gaussian, dag, got")
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


DRAWING = """
import sys
from pathlib import Path
from experiments.rows import read_rows
from figures import draw_all
draw_all(read_rows(Path(sys.argv[1])), Path(sys.argv[2]))
found = {"experiments.training", "experiments.encoders", "flax", "optax"} & set(sys.modules)
sys.exit(f"imported {found}" if found else 0)
"""


def test_figures_are_drawn_without_training_being_imported(finished_report, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", DRAWING, str(finished_report / "results.csv"), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "block_identifiability.png").exists()
