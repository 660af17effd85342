"""A run that is ended in the middle goes on there, to the bits of an unbroken one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import jax
import numpy as np
import pytest
from flax import nnx

from experiments.configs.encoding import encode
from experiments.configs.settings import replace
from experiments.results.units import Units
from experiments.training import loop, saves
from experiments.training.run import Run, finish, load, require_whole_run
from scm.arguments import ArgumentError
from tests.experiments.training.damage import remove, truncate

CHUNKS = {True: [200, 200, 100], False: [100, 100, 50] * 2}
"""Steps between two visits of the host: both seeds together, or one after the other."""


class Ended(BaseException):
    """Ends training where the host looks in, as a kill would."""


@pytest.fixture
def run(tiny_config):
    return Run(replace(tiny_config, "steps", 250), (0, 1))


@pytest.fixture
def unbroken(run, tmp_path):
    return finish(run, Units.create(tmp_path / "unbroken"))


def end_after(chunks):
    """A report that ends training after some chunks, each of which it counts."""
    seen = []

    def report(*_):
        seen.append(1)
        if len(seen) > chunks:
            raise Ended

    return report


def assert_same(found, wanted):
    np.testing.assert_array_equal(found.trained.losses, wanted.trained.losses)
    assert found.trained.losses.dtype == wanted.trained.losses.dtype
    for one, other in zip(found.trained.encoders, wanted.trained.encoders, strict=True):
        left, right = (jax.tree.leaves(nnx.to_pure_dict(nnx.state(e))) for e in (one, other))
        for a, b in zip(left, right, strict=True):
            np.testing.assert_array_equal(np.asarray(a), np.asarray(b))


@pytest.mark.parametrize("together", [True, False])
def test_a_run_goes_on_after_any_chunk(run, together, tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "trains_together", lambda: together)
    unbroken = finish(run, Units.create(tmp_path / "unbroken"))
    monkeypatch.setattr(saves, "SAVE_EVERY", 0.0)
    # Three chunks a group: 100, 100 and 50 steps.
    for chunks in range(1, 3 if together else 6):
        units = Units.create(tmp_path / str(chunks))
        with pytest.raises(Ended):
            finish(run, units, report=end_after(chunks))
        left = []
        found = finish(run, units, report=lambda done, _: left.append(done))  # noqa: B023
        assert left == CHUNKS[together][chunks:]
        assert_same(found, unbroken)
        assert_same(load(tmp_path / str(chunks), run.key), unbroken)
        assert [path.name for path in units.directory.glob("progress-*")] == []


def test_seeds_that_have_ended_are_kept(run, tmp_path, monkeypatch):
    """Seeds apart: the first ends before the first save, in the middle of the second."""
    monkeypatch.setattr(loop, "trains_together", lambda: False)
    wanted = finish(run, Units.create(tmp_path / "apart"))
    units = Units.create(tmp_path)
    chunks = []

    def report(*_):
        chunks.append(1)
        monkeypatch.setattr(saves, "SAVE_EVERY", 0.0 if len(chunks) >= 4 else np.inf)
        if len(chunks) == 5:
            raise Ended

    with pytest.raises(Ended):
        finish(run, units, report=report)
    left = []
    assert_same(finish(run, units, report=lambda done, _: left.append(done)), wanted)
    assert left == [100, 50]


def test_it_may_be_ended_twice(run, unbroken, tmp_path, monkeypatch):
    monkeypatch.setattr(saves, "SAVE_EVERY", 0.0)
    units = Units.create(tmp_path)
    for _ in range(2):
        with pytest.raises(Ended):
            finish(run, units, report=end_after(1))
    assert_same(finish(run, units), unbroken)


def test_a_short_run_saves_nothing(run, tmp_path):
    units = Units.create(tmp_path)
    with pytest.raises(Ended):
        finish(run, units, report=end_after(2))
    assert list(units.directory.iterdir()) == []


def test_force_begins_anew(run, unbroken, tmp_path, monkeypatch):
    monkeypatch.setattr(saves, "SAVE_EVERY", 0.0)
    units = Units.create(tmp_path)
    with pytest.raises(Ended):
        finish(run, units, report=end_after(1))
    done = []
    assert_same(finish(run, units, force=True, report=lambda n, _: done.append(n)), unbroken)
    assert sum(done) == 500


def test_seconds_are_those_of_all_parts(run, tmp_path, monkeypatch):
    monkeypatch.setattr(saves, "SAVE_EVERY", 0.0)
    units = Units.create(tmp_path)
    with pytest.raises(Ended):
        finish(run, units, report=end_after(1))
    (unit,) = units.directory.glob("progress-*.json")
    before = json.loads(unit.read_text())["payload"]["seconds"]
    assert before > 0
    assert finish(run, units).seconds > before


@pytest.mark.parametrize("damage", [remove, truncate])
def test_damaged_progress_is_refused_in_one_sentence(run, unbroken, damage, tmp_path, monkeypatch):
    monkeypatch.setattr(saves, "SAVE_EVERY", 0.0)
    units = Units.create(tmp_path)
    with pytest.raises(Ended):
        finish(run, units, report=end_after(1))
    (checkpoint,) = units.directory.glob("progress-*.checkpoint")
    damage(checkpoint)
    for find in (lambda: require_whole_run(units, run.key), lambda: finish(run, units)):
        with pytest.raises(ArgumentError, match="; delete ") as caught:
            find()
        assert "\n" not in str(caught.value)
    Path(str(caught.value).rpartition("; delete ")[2]).unlink()
    assert_same(finish(run, units), unbroken)


# Told to end, or killed, once the n-th chunk was reported.
SCRIPT = """
import json, os, sys
from pathlib import Path
from experiments.configs.encoding import decode
from experiments.results.units import Units
from experiments.training import saves
from experiments.training.run import Run, finish
given = json.loads(input())
saves.SAVE_EVERY = given["every"]
seen = []
def report(*_):
    seen.append(1)
    if len(seen) == given["chunk"]:
        os.kill(os.getpid(), given["signal"])
finish(Run(decode(given["config"]), (0, 1)), Units.create(Path(given["folder"])), report=report)
"""


@pytest.mark.parametrize(
    ("number", "every"), [(signal.SIGTERM, saves.SAVE_EVERY), (signal.SIGKILL, 0.0)]
)
def test_a_killed_process_leaves_what_it_trained(run, unbroken, number, every, tmp_path):
    """SIGTERM waits for the chunk to be kept, however short the run; SIGKILL waits for nothing."""
    given = {"config": encode(run.config), "folder": str(tmp_path), "chunk": 2}
    given |= {"signal": int(number), "every": every}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        input=json.dumps(given),
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -number, done.stderr
    left = []
    found = finish(run, Units.create(tmp_path), report=lambda done, _: left.append(done))
    kept = 2 if number == signal.SIGTERM else 1
    assert left == CHUNKS[loop.trains_together()][kept:]
    assert_same(found, unbroken)
