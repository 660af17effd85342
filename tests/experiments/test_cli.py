"""The command line: exit codes, one sentence on an error, nothing written then."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import jax
import matplotlib as mpl
import pytest
from matplotlib.figure import Figure

from experiments import run as run_module
from experiments.cli import main
from experiments.rows import read_rows, select
from experiments.studies import sentence
from experiments.training import device_mesh
from figures import FIGURES, draw_all
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
        (("check", "--only"), "only: expected at least one claim, got none"),
        (("check", "--only", "T2", "--only", "T99"), "only: expected one of T2, got 'T99'"),
        (("check", "--out", "a", "--out=b"), "out: expected one value, got '2 of them'"),
        (("check", "--out=~nobody-of-that-name/x"), "out: expected the home directory of a user"),
        (("show", "sentence", "--out", "file"), "out: expected a directory"),
        (("show", "paragraph"), "world: expected one of"),
        (
            ("sweep", "sentence", "--grid", "batch_size=64,10000000000"),
            "memory: expected a training",
        ),
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
        ("check", "--out"),
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


TAKEN = ("results.csv", "verdicts.json", "manifest.json", "figures/block_identifiability.pdf")


@pytest.mark.parametrize("command", ["check", "reproduce"])
@pytest.mark.parametrize("name", TAKEN)
def test_what_stands_in_the_way_is_said_before_work(tokenscm, tmp_path, monkeypatch, command, name):
    """A folder where a file goes, and a file where figures go."""
    monkeypatch.setattr("proofs_check.check.check_claim", None)
    (tmp_path / "out" / name).mkdir(parents=True)
    code, out, err = tokenscm(command, "--out", "out")
    assert (code, out) == (2, "")
    assert err == f"tokenscm: out: expected a file or none, got the folder 'out/{name}'\n"
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "figures").write_text("a user's own")
    code, out, err = tokenscm(command, "--out", "other")
    assert (code, out) == (2, "")
    assert err.startswith("tokenscm: out: expected a directory that can be written to, got 'other/")
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["figures"]


def test_options_that_add_up_and_home(tokenscm, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert tokenscm("check", "--only", "T2", "--only", "T2", "--out=~/checks")[0] == 0
    manifest = json.loads((tmp_path / "home" / "checks" / "manifest.json").read_text())
    assert manifest["only"] == ["T2"]
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def broken(_):
    raise ZeroDivisionError("in a figure")


def test_a_failure_in_drawing_is_exit_3_after_the_verdicts(tokenscm, tmp_path, monkeypatch):
    stale = tmp_path / "checks" / "figures" / "sizes.png"
    stale.parent.mkdir(parents=True)
    stale.write_text("of other rows")
    monkeypatch.setitem(FIGURES._entries, "sizes", broken)
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


def test_figures_of_other_claims_are_removed(tokenscm, tmp_path, monkeypatch):
    monkeypatch.setitem(FIGURES._entries, "sizes", lambda rows: Figure() if rows else None)
    assert tokenscm("check", "--only", "T2")[0] == 0
    folder = tmp_path / "checks" / "figures"
    (folder / "mine.png").write_text("a user's own")
    monkeypatch.setitem(CLAIMS._entries, "T5", dataclasses.replace(CLAIMS["T2"], id="T5"))
    assert tokenscm("check", "--only", "T5")[0] == 0
    assert [path.name for path in folder.iterdir()] == ["mine.png"]


def test_an_interrupt_is_exit_130_without_a_traceback(tokenscm, monkeypatch):
    def interrupt(_):
        raise KeyboardInterrupt

    handlers = []
    monkeypatch.setattr("signal.signal", lambda *handler: handlers.append(handler))
    monkeypatch.setattr("experiments.commands.List.run", interrupt)
    assert tokenscm("list") == (130, "", "tokenscm: interrupted\n")
    assert handlers == [(signal.SIGINT, signal.SIG_DFL)]


def test_devices_that_do_not_divide_a_batch_are_refused_first(tokenscm, tmp_path, monkeypatch):
    three = device_mesh(jax.devices() * 3)
    monkeypatch.setattr("experiments.kept_rows.device_mesh", lambda: three)
    code, out, err = tokenscm("reproduce")
    assert (code, out) == (2, "")
    assert err == (
        "tokenscm: devices: expected a number that divides the batch size of 64, as 2 does "
        "(by CUDA_VISIBLE_DEVICES=0,1, or on a CPU by JAX_NUM_CPU_DEVICES=2), got 3\n"
    )
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


def process(*arguments, cwd, env=None, stdout=subprocess.PIPE):
    """The command in a process of its own, as a shell runs it."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **(env or {})}
    command = [sys.executable, "-c", "from experiments.cli import main; main()", *arguments]
    return subprocess.Popen(
        command, env=environment, cwd=cwd, stdout=stdout, stderr=subprocess.PIPE, text=True
    )


def test_an_unknown_law_is_one_sentence_and_exit_2(tmp_path):
    """In a process of its own: here types are checked before the setting is."""
    done = process("sweep", "sentence", "--grid", "law=chaos", cwd=tmp_path)
    out, err = done.communicate()
    assert (done.returncode, out) == (2, "")
    assert err.startswith("tokenscm: law: expected one of independent, gaussian, dag, got")
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_that_nobody_reads_is_quiet(tmp_path):
    """Whether what is printed comes from us, from the parser, or as a table."""
    for arguments in (("list",), ("check", "--help"), ("check", "--only", "T14")):
        reader, writer = os.pipe()
        os.close(reader)
        done = process(*arguments, cwd=tmp_path, stdout=writer)
        os.close(writer)
        assert done.communicate()[1] == ""
        assert done.returncode == 141
    # Nothing but the table is lost.
    assert (tmp_path / "checks" / "verdicts.json").exists()


def test_a_terminal_and_a_drawing_library_of_a_users_own(tmp_path):
    """What cannot be shown is replaced; a backend, TeX and a style are not asked for."""
    (tmp_path / "matplotlibrc").write_text("text.usetex: True\nfont.size: 30\nbackend: tkagg\n")
    environment = {"PYTHONIOENCODING": "ascii", "MPLBACKEND": "none of these", "NO_COLOR": "1"}
    done = process("check", "--only", "T10", cwd=tmp_path, env=environment)
    out, err = done.communicate()
    assert (done.returncode, err) == (0, "")
    assert " ? " in out
    assert "claims and controls hold" in out
    drawn = tmp_path / "checks" / "figures" / "price.png"
    with mpl.rc_context():
        mpl.rcdefaults()
        (again, _) = draw_all(read_rows(tmp_path / "checks" / "results.csv"), tmp_path / "again")
    assert drawn.read_bytes() == again.read_bytes()


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
