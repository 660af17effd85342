"""What tests of studies share: a setting in seconds, verdicts from rows, and a closed form."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import scipy.stats

from experiments.encoders import MLPConfig
from experiments.results.record import Row
from experiments.studies import ProbedSeed, Setting, Study, probed
from experiments.studies.shared.operator_worlds import K
from experiments.training.config import TrainingConfig
from experiments.training.loop import Trained, train
from experiments.training.run import FinishedRun, Run
from proofs_check import Verdict

SEED = 3


def finish_tiny(
    setting: Setting,
    make: Callable[[TrainingConfig, Sequence[int]], Trained] = train,
    **changes: Any,
) -> tuple[Setting, tuple[ProbedSeed, ...]]:
    """A setting with tiny encoders, two steps and `SEED`; ``make`` makes what was trained."""
    small: dict[str, Any] = {"image_encoder": MLPConfig((8,)), "embedding_size": 4, "steps": 2}
    config = dataclasses.replace(setting.trained.config, **(small | changes))
    run = Run(config, (SEED,))
    finished = FinishedRun(run, make(config, run.seeds), 0.0)
    return dataclasses.replace(setting, run=run), probed(finished)


def untrained(config: TrainingConfig, seeds: Sequence[int]) -> Trained:
    """Encoders of another seed, without the time that the loop takes to compile."""
    encoders = tuple(config.build_encoders(seed + 1) for seed in seeds)
    return Trained(encoders, np.zeros((len(seeds), 1)), np.array([config.steps]))


def judged(study: Study, rows: Sequence[Row], seconds: dict[str, float] | None = None):
    """The verdicts of rows that were measured and of those that follow from them."""
    return study.verdicts([*rows, *study.derive(rows)], seconds or {})


def failing(study: Study, rows: Sequence[Row]) -> list[Verdict]:
    """Those of `judged` that do not hold."""
    return [verdict for verdict in judged(study, rows) if not verdict.holds]


def assert_every_verdict_turns(study: Study, rows: Sequence[Row]) -> None:
    """Of blocks: move what is measured of one past its bound, and its verdict fails alone.

    Args:
        study: one that judges pairs of a predictor and a target.
        rows: measured ones, which bear its theory out.
    """
    verdicts = judged(study, rows)
    for verdict in verdicts:
        about = verdict.id.rsplit("/", 1)[1]
        predictor, target = about.removeprefix("untrained ").split(" to ")
        role = "baseline" if about.startswith("untrained ") else "measured"
        wanted = {"role": role, "predictor": predictor, "target": target}
        sign = {">=": -1, "<=": 1, "~=": 1}[verdict.relation]
        moved = [
            dataclasses.replace(row, value=row.value + sign)
            if row.setting == verdict.setting and wanted.items() <= row.labels.items()
            else row
            for row in rows
        ]
        assert moved != rows
        turned = {v.id for v in failing(study, moved)}
        assert verdict.id in turned
        assert turned <= {verdict.id} | {v.id for v in verdicts if not v.holds}


def untrained_seed(config: TrainingConfig, seed: int = 0) -> ProbedSeed:
    """A seed as probes see it, whose encoders are as they were initialised."""
    return ProbedSeed(config, seed, config.build_encoders(seed), {config.steps: 0.0})


def assert_quick_is_part_of_full(study: Study) -> tuple[dict[str, Setting], dict[str, Setting]]:
    """Settings of the same name are the same but for seeds; returns both presets by name."""
    quick = {setting.name: setting for setting in study.settings("quick")}
    full = {setting.name: setting for setting in study.settings("full")}
    assert set(quick) <= set(full)
    for name, one in quick.items():
        assert one.parameters == full[name].parameters
        assert one.trained.config == full[name].trained.config
        assert set(one.trained.seeds) <= set(full[name].trained.seeds)
    return quick, full


def separated(N: int) -> float:
    """E log(1 + Bin(K - 1, 1/N)): the least L_K of N equiprobable scenes, all told apart."""
    j = np.arange(K)
    return float(scipy.stats.binom.pmf(j, K - 1, 1 / N) @ np.log1p(j))
