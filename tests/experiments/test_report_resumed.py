"""Reports survive being killed, shared and damaged."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from experiments import report as report_module
from experiments.report import reproduce
from experiments.results.table import read_rows
from experiments.training.run import load
from scm.arguments import ArgumentError
from tests.experiments.reports import untrainable, verdicts_of

HERE = Path(__file__).parent


def started(script, *arguments):
    """A process that runs a script on tiny studies."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(HERE.parents[1])},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


# Killed while a checkpoint is written, or between writing the n-th unit and giving it its name.
KILLED = """
import os, signal, sys
from pathlib import Path
import orbax.checkpoint as ocp
from tests.experiments.conftest import installed
from experiments.report import reproduce
rename, units, when = Path.replace, [], sys.argv[2]
def replace(self, target):
    if Path(target).suffix == ".json" and Path(target).parent.name == "units":
        units.append(target)
        if when == str(len(units)):
            os.kill(os.getpid(), signal.SIGKILL)
    return rename(self, target)
Path.replace = replace
if when == "checkpoint":
    save = ocp.StandardCheckpointer.save
    def killed(*arguments):
        save(*arguments)
        os.kill(os.getpid(), signal.SIGKILL)
    ocp.StandardCheckpointer.save = killed
with installed():
    reproduce(Path(sys.argv[1]))
"""


def test_a_killed_report_goes_on_to_the_same_numbers(tiny_study, finished_report, tmp_path):  # noqa: ARG001
    """Twice in one folder; then the exact study and the first setting are complete, of the
    second the checkpoint is there and its unit is not. What is written is of the exact study."""
    directory = tmp_path / "results"
    for when in ("checkpoint", 3):
        killed = started(KILLED, directory, when)
        output, _ = killed.communicate()
        assert killed.returncode == -signal.SIGKILL, output.decode()
    assert verdicts_of(directory) == verdicts_of(finished_report, "exact")
    assert {row.study for row in read_rows(directory / "results.csv")} == {"sizes"}
    assert json.loads((directory / "manifest.json").read_text())["missing"] == ["sentence"]
    units = list((directory / "units").glob("[!.]*.json"))
    assert sorted(path.name.partition("-")[0] for path in units) == ["rows", "rows", "run"]
    before = {path: path.stat().st_mtime_ns for path in units}
    reproduce(directory)
    assert {path: path.stat().st_mtime_ns for path in units} == before
    assert verdicts_of(directory) == verdicts_of(finished_report)
    wanted = (finished_report / "results.csv").read_bytes()
    assert (directory / "results.csv").read_bytes() == wanted
    assert json.loads((directory / "manifest.json").read_text())["missing"] == []


TOGETHER = """
import sys, time
from pathlib import Path
from tests.experiments.conftest import installed
from experiments.report import reproduce
directory = Path(sys.argv[1])
(directory / f"ready {sys.argv[2]}").touch()
while len(list(directory.glob("ready *"))) < 2:
    time.sleep(0.01)
with installed():
    reproduce(directory)
"""


def test_two_processes_fill_one_folder(finished_report, tmp_path, tiny_study):
    directory = tmp_path / "results"
    directory.mkdir()
    for process in [started(TOGETHER, directory, name) for name in ("one", "two")]:
        output, _ = process.communicate()
        assert process.returncode == 0, output.decode()
    assert verdicts_of(directory) == verdicts_of(finished_report)
    wanted = (finished_report / "results.csv").read_bytes()
    assert (directory / "results.csv").read_bytes() == wanted
    hidden = [path for path in (directory / "units").iterdir() if path.name.startswith(".")]
    assert hidden == []
    for setting in tiny_study.settings("quick"):
        load(directory, setting.run.key)


def damaged(report, tiny_study, index):
    """Truncate the rows of the setting at ``index``."""
    name = tiny_study.settings("quick")[index].name
    for path in (report / "units").glob("rows-*.json"):
        if json.loads(path.read_text())["payload"]["rows"][0]["setting"] == name:
            path.write_bytes(path.read_bytes()[:-100])
            return path
    raise AssertionError(name)


@pytest.mark.parametrize("index", [0, 1])
def test_a_damaged_unit_is_refused_and_nothing_written(report, tiny_study, snapshot, index):
    path = damaged(report, tiny_study, index)
    before = snapshot(report)
    with pytest.raises(ArgumentError) as caught:
        reproduce(report)
    assert str(caught.value).startswith(f"{path}: expected a complete unit")
    assert snapshot(report) == before


def test_a_damaged_unit_is_refused_before_anything_is_computed(
    report, tiny_study, monkeypatch, snapshot
):
    path = damaged(report, tiny_study, 1)
    for other in (report / "units").glob("rows-*.json"):
        if other != path:
            other.unlink()
    before = snapshot(report)
    monkeypatch.setattr(report_module, "run_checks", untrainable)
    with pytest.raises(ArgumentError, match="expected a complete unit"):
        reproduce(report)
    assert snapshot(report) == before


@pytest.mark.parametrize("index", [0, 1])
def test_a_damaged_run_is_refused_before_anything_is_computed(
    report, tiny_study, monkeypatch, snapshot, index
):
    """Though its rows are there; and what the sentence names is what has to go."""
    judged, key = verdicts_of(report), tiny_study.settings("quick")[index].run.key
    (checkpoint,) = (report / "units").glob(f"run-{key}-*.checkpoint")
    shutil.rmtree(checkpoint)
    before = snapshot(report)
    with monkeypatch.context() as patch:
        patch.setattr(report_module, "run_checks", untrainable)
        with pytest.raises(ArgumentError, match=f"expected the arrays of run-{key}") as caught:
            reproduce(report)
    assert snapshot(report) == before
    Path(str(caught.value).rpartition("; delete ")[2]).unlink()
    reproduce(report)
    assert verdicts_of(report) == judged


def test_force_overcomes_a_damaged_unit(report, tiny_study, finished_report):
    damaged(report, tiny_study, 0)
    reproduce(report, force=True)
    assert verdicts_of(report) == verdicts_of(finished_report)
