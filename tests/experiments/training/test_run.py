"""A stored run is the run that was trained."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import jax
import numpy as np
import pytest

from experiments.results.units import Units
from experiments.training import run as run_module
from experiments.training.loop import Trained
from experiments.training.run import Run, finish, load, require_whole_run
from scm import named_key
from scm.arguments import ArgumentError
from tests.experiments.training.damage import empty, remove, replace, truncate


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    return tmp_path_factory.mktemp("kept")


@pytest.fixture
def run(tiny_config):
    return Run(tiny_config, (0, 1))


@pytest.fixture
def finished(run, kept):
    """Trained once, then loaded, into a folder that is to be copied, not changed."""
    return finish(run, Units.create(kept))


@pytest.fixture
def directory(finished, kept, tmp_path):  # noqa: ARG001
    return shutil.copytree(kept, tmp_path / "copy")


def untrainable(*_, **__):
    raise AssertionError("trained again")


def embeddings(finished):
    config = finished.run.config
    batch = config.build_world(0).sample(named_key(jax.random.key(9), "probe"), 32)
    return [np.asarray(e) for encoders in finished.trained.encoders for e in encoders(batch)]


def test_a_loaded_run_embeds_bit_for_bit_as_the_trained_one(run, tmp_path, monkeypatch):
    trained = finish(run, Units.create(tmp_path))
    monkeypatch.setattr(run_module, "train", untrainable)
    for loaded in (finish(run, Units.create(tmp_path)), load(tmp_path, run.key)):
        assert loaded.run == run
        assert loaded.seconds == trained.seconds
        np.testing.assert_array_equal(loaded.trained.losses, trained.trained.losses)
        np.testing.assert_array_equal(loaded.trained.step_counts, trained.trained.step_counts)
        for left, right in zip(embeddings(trained), embeddings(loaded), strict=True):
            np.testing.assert_array_equal(left, right)


def test_a_loaded_run_is_not_an_untrained_one(run, directory):
    loaded = load(directory, run.key)
    fresh = run.config.build_encoders(0)
    batch = run.config.build_world(0).sample(jax.random.key(9), 32)
    assert np.abs(fresh(batch)[0] - loaded.trained.encoders[0](batch)[0]).max() > 1e-3


def test_force_trains_again(run, directory, monkeypatch):
    monkeypatch.setattr(run_module, "train", untrainable)
    with pytest.raises(AssertionError, match="trained again"):
        finish(run, Units.create(directory), force=True)


def test_an_unknown_hash_is_refused_with_those_there_are(run, directory):
    with pytest.raises(ArgumentError, match=f"key: expected one of {run.key}, got 'abc'"):
        load(directory, "abc")


def test_a_folder_without_runs_is_refused(tmp_path):
    with pytest.raises(ArgumentError, match="key: expected one of no runs, got 'abc'"):
        load(tmp_path / "nowhere", "abc")


def checkpoint_of(run, directory):
    (checkpoint,) = (directory / "units").glob(f"run-{run.key}-*.checkpoint")
    return checkpoint


@pytest.mark.parametrize("damage", [remove, truncate, empty, replace])
def test_a_damaged_checkpoint_is_refused_in_one_sentence(run, directory, damage):
    checkpoint, units = checkpoint_of(run, directory), Units.create(directory)
    damage(checkpoint)
    for find in (
        lambda: load(directory, run.key),
        lambda: finish(run, units),
        lambda: require_whole_run(units, run.key),
    ):
        with pytest.raises(ArgumentError) as caught:
            find()
        assert str(caught.value).startswith(f"{checkpoint}: expected the arrays of run-")
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("damage", [remove, truncate])
def test_a_damaged_run_is_trained_again_once_what_is_named_is_deleted(run, directory, damage):
    wanted = embeddings(load(directory, run.key))
    damage(checkpoint_of(run, directory))
    with pytest.raises(ArgumentError, match="delete ") as caught:
        load(directory, run.key)
    Path(str(caught.value).rpartition("; delete ")[2]).unlink()
    for found in (finish(run, Units.create(directory)), load(directory, run.key)):
        for left, right in zip(embeddings(found), wanted, strict=True):
            np.testing.assert_array_equal(left, right)


def test_whoever_comes_second_uses_what_the_first_finished(run, directory, kept, monkeypatch):
    """Another process stores the run while this one trains it."""
    (directory / "units" / f"run-{run.key}.json").unlink()
    shutil.rmtree(checkpoint_of(run, directory))

    def overtaken(config, seeds, **_):
        shutil.copytree(kept, directory, dirs_exist_ok=True)
        return Trained(tuple(map(config.build_encoders, seeds)), np.zeros((2, 1)), np.array([20]))

    monkeypatch.setattr(run_module, "train", overtaken)
    found = finish(run, Units.create(directory))
    np.testing.assert_array_equal(found.trained.losses, load(kept, run.key).trained.losses)
    for left, right in zip(embeddings(found), embeddings(load(kept, run.key)), strict=True):
        np.testing.assert_array_equal(left, right)
    assert {p.name for p in (directory / "units").iterdir()} == {
        p.name for p in (kept / "units").iterdir()
    }


def test_what_no_unit_names_is_discarded_once_it_is_old(run, directory):
    units = directory / "units"
    old, new, other = (
        units / f"run-{key}.checkpoint" for key in (run.key + "-old", run.key + "-new", "b-1")
    )
    temporary = units / f"run-{run.key}-half.checkpoint.orbax-checkpoint-tmp"
    current = checkpoint_of(run, directory)
    for path in (old, new, other, temporary):
        shutil.copytree(current, path)
    for path in (old, other, temporary):
        os.utime(path, (0, 0))
    (units / f"run-{run.key}.json").unlink()
    finish(run, Units.create(directory))
    assert not old.exists()
    assert not temporary.exists()
    assert new.exists()
    assert other.exists()
    load(directory, run.key)


def test_a_checkpoint_of_other_sizes_is_refused(run, directory):
    wider = Run(dataclasses.replace(run.config, embedding_size=3), (0, 1))
    units = Units.create(directory)
    finish(wider, units)
    own, other = (checkpoint_of(one, directory) for one in (run, wider))
    shutil.rmtree(own)
    shutil.copytree(other, own)
    with pytest.raises(ArgumentError, match="truncated or foreign checkpoint"):
        load(directory, run.key)


def test_the_key_reads_config_and_seeds(run):
    others = [
        Run(run.config, (0,)),
        Run(run.config, (1, 0)),
        Run(dataclasses.replace(run.config, steps=21), run.seeds),
    ]
    assert len({run.key, *(other.key for other in others)}) == 4


def test_the_key_reads_the_random_bits(run, directory):
    key = run.key
    with jax.default_prng_impl("rbg"):
        assert run.key != key
        with pytest.raises(ArgumentError, match="key: expected a run with random bits as here"):
            load(directory, key)
    assert run.key == key


def test_a_stored_run_is_not_another_key(run, directory):
    """A unit that is renamed, or of a run whose version was raised since."""
    units = Units(directory / "units")
    units.save("run", "abc", units.load("run", run.key))
    with pytest.raises(ArgumentError, match="key: expected a run of this version, got 'abc'"):
        load(directory, "abc")


def test_a_foreign_config_is_refused(run, directory):
    units = Units(directory / "units")
    payload = units.load("run", run.key)
    assert payload is not None
    units.save("run", run.key, payload | {"config": {"type": "os:system"}})
    with pytest.raises(ArgumentError, match="key: expected a run of a training config"):
        load(directory, run.key)


NUMPY = """
import dataclasses, json, sys
import numpy as np
from tests.experiments.conftest import TINY
from experiments import Run, Units, finish, load
from experiments.results.sheets import show
world = dataclasses.replace(TINY.world, n_inv=np.int32(2), strength=np.float32(0.5))
config = dataclasses.replace(TINY, world=world, steps=np.int64(1), batch_size=np.int16(64))
run = Run(config, (np.int64(3), np.uint8(1)))
finish(run, Units.create(sys.argv[1]))
show("tokens", np.int64(2), np.uint32(3), False)
try:
    Run(config, (0, np.int64(0)))
except ValueError as error:
    print(error)
loaded = load(sys.argv[1], run.key).run
assert loaded == run
print(json.dumps([loaded.seeds, loaded.config.steps, loaded.config.world.strength]))
print(run.key)
"""


def test_numbers_of_numpy_are_pythons(run, tmp_path):
    """In a process of its own: here types are checked before numbers are made Python's."""
    done = subprocess.run(
        [sys.executable, "-c", NUMPY, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    refused, numbers, key = done.stdout.splitlines()
    assert refused == "seeds: expected at least one, all distinct, got (0, 0)"
    assert json.loads(numbers) == [[3, 1], 1, 0.5]
    world = dataclasses.replace(run.config.world, strength=0.5)
    assert Run(dataclasses.replace(run.config, world=world, steps=1), (3, 1)).key == key


@pytest.mark.parametrize("seeds", [(), (0, 0), (-1,), (2**32,), (True,)])
def test_bad_seeds_are_refused(tiny_config, seeds):
    with pytest.raises(ArgumentError, match="seeds: expected"):
        Run(tiny_config, seeds)
