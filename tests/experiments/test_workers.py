"""Workers: whoever measures, the rows are the same bits, and a process that dies loses a task."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from experiments.job import perform
from experiments.plan import every_setting, make_plan
from experiments.report import reproduce
from experiments.results.units import Units
from experiments.studies import STUDIES
from experiments.sweep import sweep
from experiments.training.loop import NonFiniteLossError
from experiments.workers import Crew, WorkersLostError
from proofs_check import CLAIMS
from scm.arguments import ArgumentError
from tests.experiments.conftest import TINY_T2
from tests.experiments.worker_studies import DEATHS, GRAVES, Embeddings

ROOT = Path(__file__).parents[2]


@pytest.fixture
def study(hold):
    hold(STUDIES, {"embeddings": Embeddings()})
    hold(CLAIMS, {"T2": TINY_T2})
    return STUDIES["embeddings"]


@pytest.fixture
def deaths(tmp_path, monkeypatch):
    """A function that has the next processes die; it returns the folder of their graves."""

    def ask(count):
        graves = tmp_path / "graves"
        graves.mkdir()
        monkeypatch.setenv(GRAVES, str(graves))
        monkeypatch.setenv(DEATHS, str(count))
        return graves

    return ask


def computed(directory):
    """The names of the units that a report says it computed, and of those it loaded."""
    units = json.loads((directory / "manifest.json").read_text())["units"]
    return [sorted(name for one in units for name in one[how]) for how in ("computed", "loaded")]


def test_two_workers_give_the_bits_of_one_process_though_one_dies(
    study, report_of_embeddings, deaths, tmp_path, capsys
):
    graves = deaths(1)
    directory = tmp_path / "results"
    reproduce(directory, crew=Crew(2))
    assert len(list(graves.iterdir())) == 1
    assert (directory / "results.csv").read_bytes() == report_of_embeddings
    rows = [Units.create(directory).path("rows", one.key) for one in every_setting(*asked(study))]
    files = sorted(path.name for path in (directory / "units").glob("*.json"))
    assert {path.name for path in rows} <= set(files)
    assert computed(directory) == [files, []]
    said = capsys.readouterr().err.splitlines()
    trained = [setting.name for setting in study.settings("quick") if setting.run]
    assert sorted(line.partition(": ")[2].rpartition(":")[0] for line in said) == sorted(trained)
    # Nothing is left to do, and no worker is asked.
    reproduce(directory, crew=Crew(2))
    assert computed(directory)[0] == []


def asked(study):
    return study, study.settings("quick")


def test_a_task_that_kills_its_workers_is_given_up(study, deaths, tmp_path):
    graves = deaths(9)
    settings = [one for one in study.settings("quick") if one.name == "wide"]
    units = Units.create(tmp_path / "results")
    plan = make_plan(every_setting(study, settings), units)
    with pytest.raises(WorkersLostError) as caught, Crew(2).team() as team:
        perform(plan, units, team)
    assert str(caught.value) == (
        "workers: expected processes that live, got 3 that died at embeddings 1/1: wide; if memory "
        "was short, take fewer workers"
    )
    assert len(list(graves.iterdir())) == 3


def test_an_error_of_a_worker_is_told_as_of_one_process(study, tmp_path):  # noqa: ARG001
    grids = ("optimizer.learning_rate=1e30", "optimizer.warmup=1")
    texts = []
    for crew in (Crew(1), Crew(2)):
        with pytest.raises(NonFiniteLossError) as caught:
            sweep("embeddings", grids, 1, tmp_path / "sweeps", crew=crew)
        texts.append(str(caught.value))
    assert texts[0] == texts[1]


def test_a_study_that_workers_cannot_import_is_refused(hold, tmp_path):
    class Local(Embeddings):
        name = "local"

    units = Units.create(tmp_path / "results")
    (setting,) = [one for one in Embeddings().settings("quick") if one.name == "wide"]
    (one,) = every_setting(Local(), [setting])
    # A class without source has no key of its own.
    vars(one)["key"] = "0"
    hold(STUDIES, {"local": Local()})
    plan = make_plan([one], units)
    refused = pytest.raises(ArgumentError, match="study: expected what workers can import")
    with refused, Crew(2).team() as team:
        perform(plan, units, team)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (("--workers", "0"), "workers: expected an integer of at least 1, got 0"),
        (
            ("--workers", "2", "--scheduler", "tcp://127.0.0.1:9"),
            "workers: expected none beside a scheduler, which has its own, got 2",
        ),
        (
            ("--scheduler", "tcp://127.0.0.1:9"),
            "scheduler: expected the address of a Dask scheduler that answers within 0.1 s, got "
            "'tcp://127.0.0.1:9' (OSError)",
        ),
        (
            ("--scheduler", "nonsense://here"),
            "scheduler: expected the address of a Dask scheduler that answers within 0.1 s, got "
            "'nonsense://here' (ValueError)",
        ),
    ],
)
@pytest.mark.parametrize("command", [("reproduce",), ("sweep", "sentence", "--grid", "steps=5")])
def test_workers_that_cannot_be_had_are_one_sentence(
    tokenscm, monkeypatch, tmp_path, command, options, text
):
    monkeypatch.setattr("experiments.workers.ANSWER", 0.1)
    code, out, err = tokenscm(*command, *options)
    assert (code, out, err) == (2, "", f"tokenscm: {text}\n")
    assert list(tmp_path.iterdir()) == []


def test_dask_that_is_not_installed_is_one_sentence(tokenscm, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    code, out, err = tokenscm("reproduce", "--scheduler", "tcp://127.0.0.1:9")
    assert (code, out) == (2, "")
    assert err == (
        "tokenscm: scheduler: expected Dask to be installed, by pip install 'token-scm[cluster]', "
        "got no package distributed\n"
    )


LONG = """
import signal, sys
from pathlib import Path
from experiments.studies import STUDIES
from experiments.sweep import sweep
from experiments.workers import Crew
from tests.experiments.worker_studies import Embeddings
if __name__ == "__main__":
    # A shell that runs tests in the background has them ignore interrupts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    STUDIES.register("embeddings", Embeddings())
    sweep("embeddings", ("steps=100000000,100000001",), 1, Path(sys.argv[1]), crew=Crew(2))
"""
"""Trains for hours, in two workers."""


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_worker_outlives_its_job(tmp_path, sign):
    script = tmp_path / "long.py"
    script.write_text(LONG)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    job = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path / "sweeps")],
        env=environment,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        waited(lambda: len(group_of(job.pid)) >= 3)
        job.send_signal(sign)
        job.wait(timeout=PATIENCE)
        waited(lambda: not group_of(job.pid))
    finally:
        for process in group_of(job.pid):
            os.kill(process, signal.SIGKILL)
        job.wait()


PATIENCE = 120.0
"""Seconds to wait at most; what is waited for takes a few on a quiet machine."""


def group_of(leader):
    """The processes of a session that are there, but for those that are dead and not buried."""
    import psutil

    found = []
    for process in psutil.process_iter():
        try:
            if os.getsid(process.pid) == leader and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
        except (ProcessLookupError, psutil.NoSuchProcess):
            continue
    return found


def waited(happens):
    """Wait until something happens, for `PATIENCE` at most."""
    end = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < end
        time.sleep(0.1)
