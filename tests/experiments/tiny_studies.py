"""What tests of trained studies share: a setting in seconds, and a closed form."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import scipy.stats

from experiments.encoders import MLPConfig
from experiments.studies import Setting, Study
from experiments.studies.shared.operator_worlds import K
from experiments.training.config import TrainingConfig
from experiments.training.loop import Trained, train
from experiments.training.run import FinishedRun, Run

SEED = 3


def finish_tiny(
    setting: Setting,
    make: Callable[[TrainingConfig, Sequence[int]], Trained] = train,
    **changes: Any,
) -> tuple[Setting, FinishedRun]:
    """A setting with tiny encoders, two steps and `SEED`; ``make`` makes what was trained."""
    small: dict[str, Any] = {"image_encoder": MLPConfig((8,)), "embedding_size": 4, "steps": 2}
    config = dataclasses.replace(setting.run.config, **(small | changes))
    one = dataclasses.replace(setting, run=Run(config, (SEED,)))
    return one, FinishedRun(one.run, make(config, (SEED,)), 0.0)


def untrained(config: TrainingConfig, seeds: Sequence[int]) -> Trained:
    """Encoders of another seed, without the time that the loop takes to compile."""
    encoders = tuple(config.build_encoders(seed + 1) for seed in seeds)
    return Trained(encoders, np.zeros((len(seeds), 1)), np.array([config.steps]))


def assert_quick_is_part_of_full(study: Study) -> tuple[dict[str, Setting], dict[str, Setting]]:
    """Settings of the same name are the same but for seeds; returns both presets by name."""
    quick = {setting.name: setting for setting in study.settings("quick")}
    full = {setting.name: setting for setting in study.settings("full")}
    assert set(quick) <= set(full)
    for name, one in quick.items():
        assert one.parameters == full[name].parameters
        assert one.run.config == full[name].run.config
        assert set(one.run.seeds) <= set(full[name].run.seeds)
    return quick, full


def separated(N: int) -> float:
    """E log(1 + Bin(K - 1, 1/N)): the least L_K of N equiprobable scenes, all told apart."""
    j = np.arange(K)
    return float(scipy.stats.binom.pmf(j, K - 1, 1 / N) @ np.log1p(j))
