"""Real rows of every study, which tests of verdicts and of figures share: exact and untrained."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import jax
import pytest

from experiments.probes import identifiability, linear_r2, sample
from experiments.probes.encoded_world import FreshPairs
from experiments.probes.scene_images import SceneImages
from experiments.results.record import Row
from experiments.studies import STUDIES, Setting, probed
from experiments.studies.shared import blocks
from experiments.training.config import TrainingConfig
from experiments.training.run import FinishedRun, Run
from experiments.vocabulary.encoders import AWARE, SORTED_PHRASES
from experiments.vocabulary.negatives import ALL, NONE, OWN_ONLY, SHARED
from proofs_check import FiniteWorld
from scm import SceneSCM
from tests.experiments.tiny_studies import untrained

SWAP = {"operator": "SWAP", "images": "vectors"}
FEW = (AWARE, SORTED_PHRASES)


def _hard_negatives(of):
    if of["part"] == "surcharge":
        return of["seen"] != SHARED
    return of["family"] in (NONE, "SWAP", ALL) and of["seen"] in (NONE, OWN_ONLY)


ASKED = {
    "sentence": lambda of: of["kind"] != "finding" and of["law"] != "gaussian",
    "tokens": lambda of: of["kind"] != "finding",
    "scenes": lambda of: True,  # noqa: ARG005
    "trained_price": lambda of: SWAP.items() <= of.items() and of["rho"] == 1.0,
    "composition": lambda of: SWAP.items() <= of.items() and of["encoder"] in FEW,
    "selection": lambda of: SWAP.items() <= of.items() and of["encoder"] in FEW,
    "vision": lambda of: SWAP.items() <= of.items(),
    "blind_images": lambda of: of["rho"] == 1.0,
    "hard_negatives": _hard_negatives,
    "failure": lambda of: of["paraphrase"] == 0.0,
    "cures": lambda of: of["negatives"] != SHARED and of["share"] in (0.0, 0.5),
}
"""Settings of each study that make all kinds of its verdicts, by their parameters."""

SEVERAL = ("sentence", "tokens")
"""Studies that compare seeds: they have all of theirs here, others one."""

EXACT = ("depth", "fold", "orbits", "price", "pseudo_optima", "readings", "surcharge")

BUILT_ONCE = (
    (TrainingConfig, "build_world"),
    (SceneSCM, "caption_table"),
    (FiniteWorld, "from_captions"),
    (FreshPairs, "draw"),
    (blocks, "probe_sample"),
)
"""What all that is asked of a seed shares, by where it is built."""


@dataclass(frozen=True)
class Measured:
    """What a study measured.

    Attributes:
        rows: of its settings, derived ones last.
        seeds: how many were measured.
        built: how often each of `BUILT_ONCE` was, by its name.
    """

    rows: list[Row]
    seeds: int = 0
    built: Counter[str] = field(default_factory=Counter)

    def to_json(self) -> dict[str, Any]:
        """As `from_json` reads it."""
        return {**vars(self), "rows": [row.to_json() for row in self.rows]}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Measured:
        """What was kept."""
        return cls([Row.from_json(row) for row in kept["rows"]], kept["seeds"], kept["built"])


def measure(name: str) -> Measured:
    """All that an exact study measures, or what another does of untrained encoders."""
    return _exact(name) if name in EXACT else _untrained(name)


def _exact(name: str) -> Measured:
    study = STUDIES[name]
    rows = [row for setting in study.settings("quick") for row in study.rows(setting)]
    return Measured([*rows, *study.derive(rows)])


def settings_asked(name: str) -> list[Setting]:
    """The settings of a study that are measured here."""
    return [one for one in STUDIES[name].settings("quick") if ASKED[name](one.parameters)]


def _untrained(name: str) -> Measured:
    study = STUDIES[name]
    rows: list[Row] = []
    built: Counter[str] = Counter()
    count = 0
    with jax.numpy_rank_promotion("allow"), small_probes():
        for one in settings_asked(name):
            seeds = one.trained.seeds if name in SEVERAL else one.trained.seeds[:1]
            run = Run(one.trained.config, seeds)
            asked = probed(FinishedRun(run, untrained(run.config, seeds), 0.0))
            count += len(seeds)
            with counted(built):
                rows += study.rows(dataclasses.replace(one, run=run), asked)
    return Measured([*rows, *study.derive(rows)], count, built)


@contextmanager
def small_probes() -> Iterator[None]:
    """Probes of few points, the linear one in place of others of R^2."""
    fresh, images = FreshPairs.draw, SceneImages.draw
    with pytest.MonkeyPatch.context() as patch:
        for name, points in (("TRAIN", 1024), ("VALIDATION", 256), ("TEST", 768)):
            patch.setattr(sample, name, points)
        # They take long to compile, and have tests of their own.
        patch.setattr(identifiability, "kernel_ridge_r2", lambda *of: linear_r2(*of[:2]))
        patch.setattr(
            identifiability, "mlp_r2", lambda _, inputs, targets: linear_r2(inputs, targets)
        )
        patch.setattr(SceneImages, "draw", lambda encoded, key: images(encoded, key, images=8))
        patch.setattr(FreshPairs, "draw", lambda *of: fresh(*of, pairs=512))
        yield


@contextmanager
def counted(built: Counter[str]) -> Iterator[None]:
    """Count what is built of `BUILT_ONCE`, but for what a world builds of them for itself."""
    building: list[str] = []

    def counting(name: str, build: Callable) -> Callable:
        def call(*of, **named):
            built[name] += "build_world" not in building
            building.append(name)
            try:
                return build(*of, **named)
            finally:
                building.pop()

        return call

    with pytest.MonkeyPatch.context() as patch:
        for owner, name in BUILT_ONCE:
            build = counting(name, getattr(owner, name))
            # What is found bound to its class is called without the class.
            bound = name in ("from_captions", "draw")
            patch.setattr(owner, name, staticmethod(build) if bound else build)
        yield
