"""Programs that are compiled ahead are those that training asks for, and change no number."""

from __future__ import annotations

import dataclasses

import jax
import numpy as np
import pytest

from experiments.encoders import BagOfWordsConfig, PatchTransformerConfig
from experiments.job import perform
from experiments.measuring import measure
from experiments.plan import every_setting, make_plan
from experiments.results.units import Units
from experiments.studies import STUDIES
from experiments.training import ahead
from experiments.training.ahead import HELD, Ahead
from experiments.training.config import LONG
from experiments.training.loop import train
from experiments.training.members import initial_state, members, told
from experiments.training.mesh import device_mesh
from experiments.training.programs import prepare
from experiments.training.run import Run
from experiments.workers import Team
from scm import PixelImagesConfig, SceneConfig
from scm.compiler import quickly
from tests.experiments.worker_studies import Embeddings

STUDY = Embeddings()
SETTINGS = STUDY.settings("full")
PIXELS = {
    "world": SceneConfig(nouns=("disc", "ring"), images=PixelImagesConfig()),
    "image_encoder": PatchTransformerConfig(patch=6, width=8, depth=1, heads=2),
    "text_encoder": BagOfWordsConfig(),
}


@pytest.fixture
def own_ahead(monkeypatch):
    """What is compiled ahead in this test alone, where training and plans look for it."""
    mine = Ahead()
    for module in ("loop", "programs"):
        monkeypatch.setattr(f"experiments.training.{module}.AHEAD", mine)
    return mine


def nothing_is_compiled(*_, **__):
    pytest.fail("a chunk is compiled when it is asked for")


def first_of(run):
    """How the group is called that trains first of a run."""
    return told(members(run.config, run.seeds[:1]))


def small(name, setting, **changes):
    run = next(one.run for one in STUDIES[name].settings("quick") if one.name == setting)
    assert run is not None
    return Run(dataclasses.replace(run.config, **changes), run.seeds)


@pytest.mark.parametrize(
    ("name", "setting", "steps"),
    [
        # Perceptrons, in chunks of two lengths.
        ("tokens", "k = 4", 103),
        # Transformers, in one shorter than any other.
        ("composition", "SWAP, rho = 0, transformer", 2),
        ("cures", "own-only", 2),
    ],
)
def test_training_finds_what_was_prepared(own_ahead, monkeypatch, name, setting, steps):
    run = small(name, setting, steps=steps, batch_size=8)
    plain = train(run.config, run.seeds)
    prepare([run])
    own_ahead._asked[first_of(run)].result()
    monkeypatch.setattr(ahead, "train_chunk", nothing_is_compiled)
    found = train(run.config, run.seeds)
    np.testing.assert_array_equal(found.losses, plain.losses)
    for mine, theirs in zip(found.encoders, plain.encoders, strict=True):
        jax.tree.map(np.testing.assert_array_equal, jax.tree.leaves(mine), jax.tree.leaves(theirs))


@pytest.mark.usefixtures("as_users_run")
def test_what_compiling_meets_is_raised_where_the_run_begins(own_ahead):
    def wanted():
        raise ArithmeticError("met")

    own_ahead.compile("owner", wanted)
    with pytest.raises(ArithmeticError, match="met"):
        own_ahead.chunk("owner", None, 1, ())


@pytest.mark.parametrize(
    ("changes", "flags", "named"),
    [
        (
            {"steps": LONG - 1},
            "",
            {"xla_backend_optimization_level", "xla_cpu_use_fusion_emitters"},
        ),
        ({"steps": LONG}, "", set()),
        (PIXELS, "", set()),
        ({}, "--xla_backend_optimization_level=0", {"xla_cpu_use_fusion_emitters"}),
    ],
)
def test_what_runs_briefly_compiles_quickly_unless_a_user_says_how(
    monkeypatch, tiny_config, changes, flags, named
):
    monkeypatch.setenv("XLA_FLAGS", flags)
    config = dataclasses.replace(tiny_config, **changes)
    program, _ = initial_state(members(config, (0,)), device_mesh())
    assert program.compiler_options.keys() == named


def test_options_of_the_compiler_are_such_as_it_knows(monkeypatch):
    monkeypatch.setenv("XLA_FLAGS", "")
    assert quickly()
    twice = jax.jit(lambda x: 2 * x, compiler_options=quickly())
    assert twice(1.0) == 2.0


def test_few_programs_are_held(own_ahead, tiny_config):
    for batch_size in range(2, 2 + HELD + 1):
        run = Run(dataclasses.replace(tiny_config, batch_size=batch_size), (0,))
        prepare([run])
        own_ahead._asked[first_of(run)].result()
    assert len(own_ahead._held) == HELD


@pytest.mark.parametrize(
    ("settings", "order"),
    [
        (
            SETTINGS,
            [
                *("prepare one", "measure exact", "prepare wide", "measure one", "measure faster"),
                *("measure one again", "measure further", "measure wide"),
            ],
        ),
        # Two runs share a program: it is that of the first, which asks first.
        (
            [one for one in SETTINGS if one.name in ("exact", "further")],
            ["prepare one", "measure exact", "measure further"],
        ),
        ([], []),
    ],
)
def test_the_next_program_is_prepared_before_each_setting(tmp_path, monkeypatch, settings, order):
    done = []
    names = {one.run.key: one.name for one in reversed(SETTINGS) if one.run is not None}

    def prepared(runs):
        done.extend(f"prepare {names[run.key]}" for run in runs)

    monkeypatch.setattr("experiments.job.prepare", prepared)

    def measured(study, setting, units, **options):
        done.append(f"measure {setting.name}")
        measure(study, setting, units, **options)

    monkeypatch.setattr("experiments.job.measure", measured)
    units = Units.create(tmp_path)
    perform(make_plan(every_setting(STUDY, settings), units), units, Team())
    assert done == order
