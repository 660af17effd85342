"""The command line as a shell runs it: interrupts, pipes, and a user's own surroundings."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl

from experiments.results.table import read_rows
from figures import draw_all

ROOT = Path(__file__).parents[3]


def test_an_interrupt_is_exit_130_without_a_traceback(tokenscm, monkeypatch):
    def interrupt(_):
        raise KeyboardInterrupt

    handlers = []
    monkeypatch.setattr("signal.signal", lambda *handler: handlers.append(handler))
    monkeypatch.setattr("experiments.commands.look.List.run", interrupt)
    assert tokenscm("list") == (130, "", "tokenscm: interrupted\n")
    assert handlers == [(signal.SIGINT, signal.SIG_DFL)]


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
    done = process("check", "--only", "T10", "--verbose", cwd=tmp_path, env=environment)
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
from experiments.results.table import read_rows
from figures import draw_all
draw_all(read_rows(Path(sys.argv[1])), Path(sys.argv[2]))
found = {"experiments.training.loop", "experiments.encoders", "flax", "optax"} & set(sys.modules)
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
    assert (tmp_path / "sentence.png").exists()
