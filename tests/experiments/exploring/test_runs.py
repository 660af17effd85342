"""Stored runs are found and asked, or left out."""

from __future__ import annotations

import jax
import pytest

from experiments.exploring.runs import ProbedRun, operator_of, small_run, stored_runs
from experiments.results.units import Units
from experiments.training.run import Run, finish
from scm import FixedSetConfig, SceneConfig, SentenceConfig, Swap
from scm.arguments import ArgumentError


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a run of scenes."""
    directory = tmp_path_factory.mktemp("runs")
    with jax.numpy_rank_promotion("allow"):
        finish(small_run("SWAP", 0.4, 2), Units.create(directory))
    return directory


def test_runs_of_scenes_are_found_by_what_they_are(folder, tiny_config, tmp_path):
    key = small_run("SWAP", 0.4, 2).key
    wanted = {f"SWAP, coverage 0.4: TextTransformer, 2 steps ({key[:8]})": key}
    assert stored_runs(folder) == wanted
    assert stored_runs(tmp_path) == {}
    # One of no scenes, and one that is damaged.
    finish(Run(tiny_config, (0,)), Units.create(folder))
    (folder / "units" / "run-0123.json").write_text("{")
    assert stored_runs(folder) == wanted


def test_covered_and_novel_negatives_are_asked_apart(folder):
    finished = finish(small_run("SWAP", 0.4, 2), Units.create(folder))
    probed = ProbedRun.of(finished, jax.random.key(1), pairs=64)
    assert probed.operator.name == "SWAP"
    novel = probed.trained.novel
    assert 0 < novel.sum() < len(novel)
    for chosen in (True, False):
        found = {one.metric: one for one in probed.scores(chosen)}
        alone = probed.trained.where(novel == chosen).measure()
        assert {name: one.trained for name, one in found.items()}.items() <= alone.items()
    first = probed.example(0)
    assert probed.example(len(novel)).caption == first.caption
    assert first.cosines.shape == (2, 2)


def test_where_all_is_covered_nothing_is_novel(tmp_path):
    finished = finish(small_run("SWAP", 1.0, 2), Units.create(tmp_path))
    probed = ProbedRun.of(finished, jax.random.key(1), pairs=64)
    assert probed.scores(novel=True) == []
    assert len(probed.scores(novel=False)) == 6


def test_the_operator_is_that_of_the_coverage_or_swap():
    assert operator_of(SceneConfig()) == Swap()
    assert operator_of(FixedSetConfig(small_run("ADD", 0.5, 1).config.world, 8)).name == "ADD"
    with pytest.raises(ArgumentError, match="expected a scene world"):
        operator_of(SentenceConfig())
