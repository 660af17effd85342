"""Configs as files that people edit: what is written is read back, and what is wrong is named."""

from __future__ import annotations

import dataclasses
import tomllib

import pytest

from experiments.configs.toml import read_toml, to_toml
from experiments.encoders import MLPConfig
from experiments.studies import STUDIES
from experiments.training.config import Start, TrainingConfig
from scm.arguments import ArgumentError


def trained_studies():
    return [name for name, study in STUDIES.items() if study.settings("quick")[-1].run is not None]


@pytest.mark.parametrize("name", trained_studies())
def test_every_setting_of_a_study_survives(name, tmp_path):
    for setting in STUDIES[name].settings("quick"):
        if setting.run is not None:
            (tmp_path / "config.toml").write_text(to_toml(setting.trained.config))
            assert read_toml(tmp_path / "config.toml", TrainingConfig) == setting.trained.config


def test_settings_are_explained_and_stand_where_toml_has_them():
    config = TrainingConfig(image_encoder=MLPConfig((8, 4)), start=Start(TrainingConfig()))
    text = to_toml(config)
    # A reader of another make.
    found = tomllib.loads(text)
    assert found["image_encoder"]["hidden"] == [8, 4]
    assert found["start"]["training"]["kind"] == "config/training"
    assert "# pairs a step, drawn afresh every step, at least 2.\nbatch_size = 512\n" in text
    assert max(map(len, text.splitlines())) <= 100


def test_what_is_left_out_has_its_default(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text('kind = "config/training"\nsteps = 7\n[world]\nkind = "world/sentence"\n')
    assert read_toml(path, TrainingConfig) == dataclasses.replace(TrainingConfig(), steps=7)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("steps = 7", "config: expected a table with a kind, got 'steps'"),
        ("", "config: expected a table with a kind, got 'an empty one'"),
        ("steps = = 7", "config: expected TOML, got .*config.toml"),
        (
            'kind = "config/trainin"',
            "config.kind: expected one of .*; did you mean config/training",
        ),
        ('kind = "config/training"\nstep = 7', "config: expected one of .*; did you mean steps"),
        ('kind = "config/training"\nsteps = 0', "config: steps: expected an integer of at"),
        ('kind = "encoder/mlp"', "config: expected one of TrainingConfig, got 'MLPConfig'"),
        (
            'kind = "config/training"\n[world]\nkind = "world/sentence"\nn_inv = -1',
            "config.world: n_inv: expected",
        ),
    ],
)
def test_what_is_no_config_is_named(tmp_path, text, said):
    (tmp_path / "config.toml").write_text(text)
    with pytest.raises(ArgumentError, match=said):
        read_toml(tmp_path / "config.toml", TrainingConfig)


def test_a_file_that_is_none(tmp_path):
    (tmp_path / "latin.toml").write_bytes(b"kind = '\xff'")
    with pytest.raises(ArgumentError, match="config: expected TOML"):
        read_toml(tmp_path / "latin.toml", TrainingConfig)
    with pytest.raises(ArgumentError, match="config: expected a file that can be read"):
        read_toml(tmp_path / "none.toml", TrainingConfig)


def test_only_registered_classes_are_written():
    @dataclasses.dataclass(frozen=True)
    class Mine:
        size: int = 3

    with pytest.raises(ArgumentError, match=r"config: expected a registered class, got .*Mine"):
        to_toml(Mine())
