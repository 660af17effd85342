"""A stored run is the run that was trained."""

from __future__ import annotations

import dataclasses
import shutil

import jax
import numpy as np
import pytest

from experiments import run as run_module
from experiments.run import Run, finish, load
from experiments.units import Units
from scm import named_key
from scm.checks import ArgumentError


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


def _remove(checkpoint):
    shutil.rmtree(checkpoint)


def _truncate(checkpoint):
    for path in checkpoint.rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _empty(checkpoint):
    shutil.rmtree(checkpoint)
    checkpoint.mkdir()


def _replace(checkpoint):
    shutil.rmtree(checkpoint)
    checkpoint.write_text("not a checkpoint")


@pytest.mark.parametrize("damage", [_remove, _truncate, _empty, _replace])
def test_a_damaged_checkpoint_is_refused_in_one_sentence(run, directory, damage):
    checkpoint = directory / "units" / f"run-{run.key}.checkpoint"
    damage(checkpoint)
    with pytest.raises(ArgumentError) as caught:
        load(directory, run.key)
    assert f"{checkpoint}: expected the parameters of run {run.key}" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_checkpoint_of_other_sizes_is_refused(run, directory):
    wider = Run(dataclasses.replace(run.config, embedding_size=3), (0, 1))
    units = Units.create(directory)
    finish(wider, units)
    own, other = (units.directory / f"run-{key}.checkpoint" for key in (run.key, wider.key))
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


@pytest.mark.parametrize("seeds", [(), (0, 0), (-1,)])
def test_bad_seeds_are_refused(tiny_config, seeds):
    with pytest.raises(ArgumentError, match="seeds: expected"):
        Run(tiny_config, seeds)
