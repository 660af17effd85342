"""What the bench measures: each section by a clock or a config that is known."""

from __future__ import annotations

import json
from dataclasses import replace

import jax.numpy as jnp
import pytest

from experiments import bench
from experiments.bench import recipe, scale, speed, study
from experiments.compilation import compilations
from experiments.progress import Output
from experiments.studies import STUDIES
from experiments.training.run import Run
from tests.experiments.conftest import TinyStudy


class Unseen(TinyStudy):
    """Of batches that no test before compiled a program for."""

    def settings(self, preset):
        return [
            replace(one, run=Run(replace(one.trained.config, batch_size=62), one.trained.seeds))
            for one in super().settings(preset)
        ]


@pytest.fixture
def small(monkeypatch, tiny_config):
    """Sections of a tiny training, in place of those that take minutes."""
    monkeypatch.setattr(scale, "BATCHES", {8: (2, 2), 32: (1, 1)})
    monkeypatch.setattr(scale, "GROWING", tiny_config)
    monkeypatch.setattr(scale, "TrainingConfig", lambda: tiny_config)


def test_sections_print_as_they_go_and_end_in_one_file(monkeypatch, tmp_path, capsys):
    """One that fails leaves what was measured before it."""

    def first(console):
        console.print("first words")
        return {"first": 1}

    def second(console):
        del console
        assert capsys.readouterr().out == "first words\n"
        raise ArithmeticError

    monkeypatch.setattr(bench, "SECTIONS", (first, second))
    with pytest.raises(ArithmeticError):
        bench.bench(tmp_path / "bench.json")
    assert json.loads((tmp_path / "bench.json").read_text(encoding="utf-8")) == {"first": 1}


def test_a_step_is_timed_without_the_chunk_that_compiles(monkeypatch, tiny_config):
    """By a clock that the work itself moves: chunks of five steps take 100, 10, 10 and 40 s."""
    now, asked = [0.0], []

    def chunks(group, mesh, length):
        del mesh
        asked.append((group[0].config.steps, [member.seed for member in group], length))
        for seconds in (100.0, 10.0, 10.0, 40.0):
            now[0] += seconds
            yield None

    monkeypatch.setattr(speed, "chunks", chunks)
    monkeypatch.setattr(speed.time, "perf_counter", lambda: now[0])
    assert speed.step_seconds(tiny_config, (3, 4), length=5, times=3) == 2.0
    assert asked == [(20, [3, 4], 5)]


@pytest.mark.usefixtures("small")
def test_batches_are_timed_beside_the_memory_they_take(capsys):
    found = scale.batches(Output())["batches"]
    assert [point["batch_size"] for point in found] == [8, 32]
    assert all(point["step_seconds"] > 0 for point in found)
    assert found[1]["expected_step_bytes"] > found[0]["expected_step_bytes"]
    assert 2**20 < found[1]["peak_rss_bytes"] < 2**40
    assert "K = 32" in capsys.readouterr().out


@pytest.mark.usefixtures("small")
def test_seeds_together_share_the_time_of_their_step(monkeypatch):
    """A step of four takes 6 s, of one 2 s: 1.5 s a seed together."""
    monkeypatch.setattr(scale, "step_seconds", lambda _, seeds=(0,): 2.0 if len(seeds) == 1 else 6)
    found = scale.seeds_together(Output())["seconds_a_seed"]
    assert found == {"together": 1.5, "apart": 2.0}


def test_images_a_second_are_those_of_a_batch_times_steps(monkeypatch):
    monkeypatch.setattr(recipe, "step_seconds", lambda _: 0.5)
    found = recipe.throughput(Output())["throughput"]
    pixels = STUDIES["scenes"].base().trained.config
    assert found["scenes in pixels"] == {
        "steps_per_second": 2.0,
        "images_per_second": 2.0 * pixels.batch_size,
    }


def test_a_study_counts_what_it_compiles(monkeypatch, tiny_study, capsys, hold):  # noqa: ARG001
    hold(STUDIES, {"unseen": Unseen()})
    monkeypatch.setattr(study, "TYPICAL", "unseen")
    # Processes of its own have tests of their own, and do not know this study.
    monkeypatch.setattr(study, "WORKERS", 1)
    before = compilations()
    found = study.study_programs(Output())["study"]
    after = compilations() - before
    assert found["name"] == "unseen"
    # The second time, by as many workers, compiles what was forgotten since, if anything.
    assert 0 < found["programs"] <= after.programs
    assert found["compilation_seconds"] <= found["seconds"]
    assert "study unseen" in capsys.readouterr().out


def test_peak_memory_is_some_of_this_machine(capsys):
    resident = speed.peak_memory(Output())["peak_rss_bytes"]
    ballast = jnp.ones(2**26).block_until_ready()
    # 256 MiB more at least, but for what was free within the process before.
    assert speed.peak_rss() >= max(resident, ballast.nbytes)
    assert "GiB" in capsys.readouterr().out
