"""Runs that train together, as on an accelerator: which, in what order, and what is stored."""

from __future__ import annotations

import dataclasses

import jax
import numpy as np
import pytest
from flax import nnx

from experiments.configs.settings import replace
from experiments.job import perform
from experiments.plan import every_setting, make_plan
from experiments.results.units import Units
from experiments.training import groups as module
from experiments.training import saves
from experiments.training.groups import ROOM, finish_groups, groups
from experiments.training.loop import NonFiniteLossError
from experiments.training.memory import member_bytes
from experiments.training.run import RUNS, Run, finish, load
from experiments.workers import Team
from tests.experiments.training.test_loop import ROUNDING
from tests.experiments.worker_studies import CONFIGS, TINY, Embeddings

SEEDS = (0, 1)
RUNS_OF = {name: Run(config, SEEDS) for name, config in CONFIGS.items()}
ONE, FASTER, WIDE, FURTHER = (RUNS_OF[name] for name in ("one", "faster", "wide", "further"))
WARMER = Run(replace(replace(TINY, "objective.temperature", 0.5), "world.law", "gaussian"), (2,))


@pytest.fixture(autouse=True)
def as_on_an_accelerator(monkeypatch):
    for place in ("job", "training.groups", "training.loop", "training.programs"):
        monkeypatch.setattr(f"experiments.{place}.trains_together", lambda: True)


@pytest.fixture
def trained(monkeypatch):
    """The seeds of each group that was trained, in order."""
    found, train_group = [], module.train_group

    def counted(group, *args, **kwargs):
        found.append([member.seed for member in group])
        return train_group(group, *args, **kwargs)

    monkeypatch.setattr(module, "train_group", counted)
    monkeypatch.setattr("experiments.training.loop.train_group", counted)
    return found


def group_of(units, run):
    payload = units.load(RUNS, run.key)
    assert payload is not None
    return payload["group"]


def leaves(finished):
    encoders = finished.trained.encoders
    return [np.asarray(leaf) for one in encoders for leaf in jax.tree.leaves(nnx.state(one))]


def test_those_of_one_program_are_a_group_and_a_start_comes_before():
    assert groups([FURTHER, WIDE, ONE, FASTER, WARMER, ONE]) == [
        (WIDE,),
        (ONE, FASTER, WARMER),
        (FURTHER,),
    ]
    longer = Run(dataclasses.replace(TINY, steps=21), SEEDS)
    assert groups([ONE, longer]) == [(ONE,), (longer,)]
    # What it starts from is stored.
    assert groups([FURTHER, FASTER]) == [(FURTHER, FASTER)]
    assert groups([]) == []


@pytest.mark.parametrize(
    ("fitting", "sizes"), [(0.5, [1] * 5), (1.0, [1] * 5), (2.5, [1, 2, 2]), (4, [2, 3]), (9, [5])]
)
def test_a_group_fits_in_memory(fitting, sizes, monkeypatch):
    """So many runs of two seeds fit; where they are more, groups are of about one size."""
    runs = [
        Run(replace(TINY, "optimizer.learning_rate", rate / 100), SEEDS) for rate in range(1, 6)
    ]
    there = int(fitting * len(SEEDS) * member_bytes(TINY) / ROOM) + 1
    monkeypatch.setattr(module, "memory_bytes", lambda: there)
    found = groups(runs)
    assert [len(group) for group in found] == sizes
    assert [run for group in found for run in group] == runs


def test_runs_are_those_trained_alone(tmp_path, trained):
    """Within rounding: rates, temperatures, laws and numbers of seeds differ in the group."""
    units, alone = (Units.create(tmp_path / name) for name in ("together", "alone"))
    steps = {}

    def report(run, done):
        steps[run.key] = steps.get(run.key, 0) + done

    finish_groups([("flocks", ONE), ("flocks", WARMER), ("herds", FASTER)], units, report=report)
    assert trained == [[0, 1, 2, 0, 1]]
    keys = [run.key for run in (ONE, WARMER, FASTER)]
    assert steps == {run.key: run.steps for run in (ONE, WARMER, FASTER)}
    seconds = []
    for run in (ONE, WARMER, FASTER):
        found, wanted = load(tmp_path / "together", run.key), finish(run, alone)
        np.testing.assert_allclose(found.trained.losses, wanted.trained.losses, atol=ROUNDING)
        np.testing.assert_array_equal(found.trained.step_counts, wanted.trained.step_counts)
        for mine, theirs in zip(leaves(found), leaves(wanted), strict=True):
            np.testing.assert_allclose(mine, theirs, atol=ROUNDING)
        assert group_of(units, run) == keys
        assert group_of(alone, run) == []
        seconds.append(found.seconds / len(run.seeds))
    assert seconds == pytest.approx([seconds[0]] * 3)
    # Rates tell: nobody got another's.
    one, faster = (finish(run, alone).trained.losses for run in (ONE, FASTER))
    assert np.abs(one - faster).max() > 10 * ROUNDING
    assert not list(units.directory.glob("progress-*"))


def test_a_group_that_is_killed_goes_on_to_the_same_bits(tmp_path, monkeypatch):
    runs = [Run(dataclasses.replace(one.config, steps=250), one.seeds) for one in (ONE, FASTER)]
    named = [("flocks", run) for run in runs]
    finish_groups(named, Units.create(tmp_path / "unbroken"))
    monkeypatch.setattr(saves, "SAVE_EVERY", 0.0)

    class Killed(BaseException):
        pass

    def kill(_, done):
        if done < 200:
            raise Killed

    units = Units.create(tmp_path / "killed")
    with pytest.raises(Killed):
        finish_groups(named, units, report=kill)
    left = []
    finish_groups(named, units, report=lambda _, done: left.append(done))
    assert left == [100, 100]
    for run in runs:
        found, wanted = (load(tmp_path / name, run.key) for name in ("killed", "unbroken"))
        np.testing.assert_array_equal(found.trained.losses, wanted.trained.losses)
        for mine, theirs in zip(leaves(found), leaves(wanted), strict=True):
            np.testing.assert_array_equal(mine, theirs)
    assert not list(units.directory.glob("progress-*"))


def test_what_was_computed_here_is_trained_no_more(tmp_path, trained):
    finish_groups([("flocks", ONE), ("flocks", FASTER)], Units.create(tmp_path))
    units = Units.create(tmp_path)
    finish_groups([("flocks", ONE), ("flocks", FASTER)], units, force=True)
    finish_groups([("flocks", run) for run in (ONE, FASTER, WARMER)], units, force=True)
    assert trained == [[0, 1, 0, 1], [0, 1, 0, 1], [2]]


def test_a_loss_that_diverges_names_the_study_and_the_seed(tmp_path):
    wild = Run(replace(TINY, "optimizer.learning_rate", 1e30), (3,))
    units = Units.create(tmp_path)
    with pytest.raises(NonFiniteLossError, match="in study volcano, seed 3, step"):
        finish_groups([("flocks", ONE), ("volcano", wild)], units)
    assert list(units.directory.glob("run-*.json")) == []


def test_a_job_trains_groups_and_measures_each_setting(tmp_path, trained):
    study = Embeddings()
    asked = every_setting(study, study.settings("full"))
    units = Units.create(tmp_path)
    perform(make_plan(asked, units), units, Team())
    assert trained == [[0, 1, 0, 1], [0, 1], [0, 1]]
    assert make_plan(asked, units).work == ()
    assert group_of(units, ONE) == [ONE.key, FASTER.key]


def test_seed_by_seed_no_group_is_trained(tmp_path, trained, monkeypatch):
    monkeypatch.setattr(module, "trains_together", lambda: False)
    finish_groups([("flocks", ONE), ("flocks", FASTER)], Units.create(tmp_path))
    assert trained == []
