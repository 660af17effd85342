"""A training starts at another's end, and what is frozen stays as it was, bit for bit."""

from __future__ import annotations

import dataclasses

import jax
import numpy as np
import pytest
from flax import nnx

from experiments.configs.encoding import decode, encode
from experiments.encoders import (
    BagOfWordsConfig,
    LinearMapConfig,
    MLPConfig,
    as_text_encoder,
)
from experiments.measuring import require_measurable
from experiments.objectives import InfoNCE, SigmoidLoss
from experiments.results.units import Units
from experiments.studies import Setting
from experiments.studies.trained.selection import SelectionStudy
from experiments.training import run as run_module
from experiments.training.config import Start, TrainingConfig, require_start
from experiments.training.loop import train
from experiments.training.members import initial_state, members
from experiments.training.mesh import device_mesh
from experiments.training.optimizer import OptimizerConfig
from experiments.training.parts import frozen, moved
from experiments.training.run import Run, finish, lineage, load
from scm import SceneConfig
from scm.arguments import ArgumentError

PETS = SceneConfig(nouns=("disc", "ring", "star"))
BASE = TrainingConfig(
    world=PETS,
    image_encoder=MLPConfig((8,)),
    text_encoder=BagOfWordsConfig(16, (8,)),
    embedding_size=3,
    objective=InfoNCE("cosine", temperature=0.1, learn_temperature=True),
    optimizer=OptimizerConfig("adam", 0.02, warmup=2),
    batch_size=16,
    steps=12,
)
LONGER = dataclasses.replace(BASE, steps=7, start=Start(BASE))
MAPPED = dataclasses.replace(
    LONGER,
    text_encoder=LinearMapConfig(as_text_encoder(BASE.text_encoder)),
    start=Start(BASE, ("image", "text.inner", "temperature")),
    frozen=("image", "text.inner"),
)
SEEDS = (0, 2)


def parameters(encoders):
    flat = nnx.to_flat_state(nnx.state(encoders))
    return {".".join(map(str, path)): np.asarray(leaf.get_value()) for path, leaf in flat}


def changed(before, after):
    """The parts some of whose parameters differ."""
    same = {name: np.array_equal(value, after[name]) for name, value in before.items()}
    return {name.partition(".")[0] for name, is_same in same.items() if not is_same}


@pytest.fixture(scope="module")
def ended():
    return train(BASE, SEEDS).encoders


def starting(config, ended):
    """The encoders of the last seed before the first step."""
    program, state = initial_state(members(config, SEEDS, ended), device_mesh())
    return nnx.merge(program.graph, jax.tree.map(lambda leaf: leaf[-1], state.parameters))


@pytest.mark.parametrize("parts", [("image",), ("text", "temperature"), ("image", "text")])
def test_parts_start_at_the_end_of_the_same_seed(parts, ended):
    found = parameters(starting(dataclasses.replace(LONGER, start=Start(BASE, parts)), ended))
    end, fresh = parameters(ended[-1]), parameters(BASE.build_encoders(SEEDS[-1]))
    for name, value in found.items():
        part = name.partition(".")[0].replace("log_temperature", "temperature")
        np.testing.assert_array_equal(value, (end if part in parts else fresh)[name])
    assert changed(end, fresh) == {"image", "text", "log_temperature"}


def test_a_map_starts_as_the_identity_around_the_others_text_encoder(ended):
    batch = BASE.build_world(SEEDS[-1]).sample(jax.random.key(0), 32)
    for mine, theirs in zip(starting(MAPPED, ended)(batch), ended[-1](batch), strict=True):
        # A product with the identity.
        np.testing.assert_allclose(mine, theirs, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(
    ("method", "held", "trained"),
    [
        ("adam", (), {"image", "text", "log_temperature"}),
        ("adam", ("text", "temperature"), {"image"}),
        ("muon", ("image",), {"text", "log_temperature"}),
    ],
)
def test_what_is_frozen_keeps_its_bits_and_all_else_is_trained(method, held, trained):
    optimizer = OptimizerConfig(method, 0.02, warmup=2)
    config = dataclasses.replace(BASE, frozen=held, optimizer=optimizer)
    before = parameters(config.build_encoders(0))
    assert changed(before, parameters(train(config, (0,)).encoders[0])) == trained


def test_frozen_parts_have_no_gradient_and_no_change():
    """Neither alone would do: an optimiser may move what has no gradient, as by weight decay."""
    tree = {"image": {"w": np.ones(2)}, "text": {"inner": {"w": np.ones(2)}, "map": np.ones(2)}}
    parts = ("image", "text.inner")
    gradient = jax.grad(lambda held: sum(map(jax.numpy.sum, jax.tree.leaves(frozen(held, parts)))))
    after = moved(tree, tree, parts)
    for found, where in ((gradient(tree), 0.0), (jax.tree.map(np.subtract, after, tree), 0.0)):
        np.testing.assert_array_equal(found["image"]["w"], where)
        np.testing.assert_array_equal(found["text"]["inner"]["w"], where)
        np.testing.assert_array_equal(found["text"]["map"], 1.0)


def test_a_map_alone_is_trained(ended):
    before = parameters(starting(MAPPED, ended))
    after = parameters(train(MAPPED, SEEDS, ended=ended).encoders[-1])
    differing = {name for name in before if not np.array_equal(before[name], after[name])}
    assert differing == {"text.map.kernel", "log_temperature"}


def test_frozen_parts_change_no_gradient_of_the_others():
    """One step of plain descent moves the text encoder as it does where nothing is frozen."""
    descent = OptimizerConfig("sgd", 0.01, warmup=0)
    config = dataclasses.replace(BASE, steps=1, optimizer=descent)
    free, held = (
        parameters(train(dataclasses.replace(config, frozen=parts), (0,)).encoders[0])
        for parts in ((), ("image",))
    )
    for name, value in free.items():
        if name.startswith("text"):
            np.testing.assert_allclose(held[name], value, rtol=1e-5, atol=1e-7)


def untrainable(*_, **__):
    raise AssertionError("trained again")


def test_what_a_run_starts_from_is_trained_first_once_and_stored(tmp_path, monkeypatch):
    units = Units.create(tmp_path)
    done = []

    def noted(config, *of, **named):
        done.append(config)
        return train(config, *of, **named)

    monkeypatch.setattr(run_module, "train", noted)
    first, second = Run(LONGER, SEEDS), Run(dataclasses.replace(LONGER, steps=5), SEEDS)
    found = finish(first, units)
    finish(second, units)
    assert done == [BASE, LONGER, second.config]
    monkeypatch.setattr(run_module, "train", untrainable)
    for again in (finish(first, Units.create(tmp_path)), load(tmp_path, first.key)):
        for left, right in zip(found.trained.encoders, again.trained.encoders, strict=True):
            assert changed(parameters(left), parameters(right)) == set()
    assert finish(Run(BASE, SEEDS), units).run == first.start


def test_a_run_that_was_killed_after_its_start_gives_the_same_bits(tmp_path):
    """The start is found, not handed over."""
    whole, halves = Units.create(tmp_path / "whole"), Units.create(tmp_path / "halves")
    finish(Run(BASE, SEEDS), halves)
    found = [finish(Run(MAPPED, SEEDS), one).trained for one in (whole, Units(halves.directory))]
    np.testing.assert_array_equal(found[0].losses, found[1].losses)
    for left, right in zip(found[0].encoders, found[1].encoders, strict=True):
        assert changed(parameters(left), parameters(right)) == set()


def test_force_trains_a_start_again_but_once(tmp_path, monkeypatch):
    finish(Run(LONGER, SEEDS), Units.create(tmp_path))
    done = []
    monkeypatch.setattr(
        run_module,
        "train",
        lambda config, *of, **as_: [done.append(config), train(config, *of, **as_)][1],
    )
    units = Units.create(tmp_path)
    finish(Run(LONGER, SEEDS), units, force=True)
    finish(Run(MAPPED, SEEDS), units, force=True)
    assert done == [BASE, LONGER, MAPPED]


def test_configs_with_starts_survive_json_and_tell_runs_apart():
    assert decode(encode(MAPPED)) == MAPPED
    longest = dataclasses.replace(LONGER, start=Start(LONGER))
    assert [run.config for run in lineage(Run(longest, SEEDS))] == [longest, LONGER, BASE]
    configs = (BASE, LONGER, MAPPED, longest, dataclasses.replace(BASE, frozen=("image",)))
    assert len({Run(config, SEEDS).key for config in configs}) == len(configs)


WIDER = dataclasses.replace(BASE, image_encoder=MLPConfig((9,)))
DEEPER = dataclasses.replace(BASE, text_encoder=BagOfWordsConfig(16, (8, 8)))
BIASED = dataclasses.replace(BASE, objective=SigmoidLoss())


@pytest.mark.parametrize(
    ("config", "text"),
    [
        (
            dataclasses.replace(WIDER, start=Start(BASE)),
            r"start: expected image as in the training that it starts from, got layers.0.bias of "
            r"shape \(9,\) in place of \(8,\)",
        ),
        (
            dataclasses.replace(BASE, start=Start(DEEPER)),
            r"start: expected text as in .*, got mlp.layers.1.bias of shape \(3,\) in place of "
            r"\(8,\)",
        ),
        (
            dataclasses.replace(BIASED, start=Start(BASE)),
            r"start: expected temperature as in .*, got a parameter of shape \(\) in place of None",
        ),
        (
            dataclasses.replace(LONGER, start=Start(dataclasses.replace(WIDER, start=Start(BASE)))),
            "start: expected image",
        ),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_trains(config, text, tmp_path, monkeypatch):
    monkeypatch.setattr(run_module, "train", untrainable)
    run = Run(config, SEEDS)
    for refuse in (
        lambda: require_start(config),
        lambda: finish(run, Units.create(tmp_path)),
        lambda: require_measurable(SelectionStudy(), [Setting("one", run)]),
    ):
        with pytest.raises(ArgumentError, match=text) as caught:
            refuse()
        assert "\n" not in str(caught.value)


def test_parts_that_fit_are_taken_over_from_what_differs_elsewhere():
    require_start(dataclasses.replace(WIDER, start=Start(BASE, ("text", "temperature"))))
    require_start(dataclasses.replace(BIASED, start=Start(BASE, ("image", "text"))))
    require_start(MAPPED)


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        ({"frozen": ("image", "image")}, "frozen: expected each part once"),
        ({"frozen": ("image", "text")}, "frozen: expected an encoder that is trained"),
        ({"frozen": ("text.inner",)}, "frozen: expected parts that there are"),
        ({"start": Start(BASE, ("text.inner",))}, "start: expected parts that there are"),
    ],
)
def test_parts_that_there_are_not_are_refused(setting, text):
    with pytest.raises(ArgumentError, match=text):
        dataclasses.replace(BASE, **setting)


def test_a_start_names_a_part():
    with pytest.raises(ArgumentError, match="start: expected at least one part"):
        Start(BASE, ())


@pytest.mark.parametrize(("config", "given"), [(LONGER, 0), (BASE, 2), (LONGER, 1)])
def test_a_training_has_one_end_a_seed_to_start_from(config, given, ended):
    with pytest.raises(ArgumentError, match="ended: expected"):
        train(config, SEEDS, ended=ended[:given])
