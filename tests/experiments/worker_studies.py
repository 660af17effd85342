"""A study that workers can import, which takes a second, and can kill the process it is in."""

from __future__ import annotations

import dataclasses
import os
import signal
from pathlib import Path

import jax

from experiments.encoders import MLPConfig
from experiments.results.record import Measurement
from experiments.studies import Setting, Study
from experiments.training.config import Start, TrainingConfig
from experiments.training.optimizer import OptimizerConfig
from experiments.training.run import Run
from scm import SentenceConfig

GRAVES = "TOKENSCM_TEST_GRAVES"
"""Environment variable with a folder, where a process that dies leaves a file."""

DEATHS = "TOKENSCM_TEST_DEATHS"
"""Environment variable with the number of processes that are to die."""

TINY = TrainingConfig(
    world=SentenceConfig(n_inv=2, n_dp=2, n_pr_img=2, n_pr_txt=2),
    image_encoder=MLPConfig((8,)),
    text_encoder=MLPConfig((8,)),
    embedding_size=2,
    optimizer=OptimizerConfig(learning_rate=0.01, warmup=2),
    batch_size=64,
    steps=20,
)
FASTER = dataclasses.replace(TINY.optimizer, learning_rate=0.02)
CONFIGS = {
    "one": TINY,
    "faster": dataclasses.replace(TINY, optimizer=FASTER),
    "wide": dataclasses.replace(TINY, embedding_size=3),
    "one again": TINY,
    "further": dataclasses.replace(TINY, start=Start(TINY)),
}
"""Two programs: ``wide`` has one of its own. ``one again`` needs the run of ``one``, and
``further`` starts from it."""

QUICK = ("wide", "one again", "further")
"""Those that workers are tested on."""


class Embeddings(Study):
    """Sums of embeddings to the last bit, and one setting that trains nothing."""

    name = "embeddings"
    version = 1
    claims = ("T2",)
    title = "What do tiny encoders say?"

    def settings(self, preset):
        names = QUICK if preset == "quick" else CONFIGS
        trained = [Setting(name, Run(CONFIGS[name], (0, 1))) for name in names]
        return [Setting("exact"), *trained]

    def base(self):
        return Setting("base", Run(TINY, (0,)))

    def measure(self, setting, seeds):
        if setting.name == "wide":
            die_if_asked()
        if not seeds:
            yield Measurement("sum", 0.1 + 0.2, None)
        for one in seeds:
            batch = one.world.sample(jax.random.key(9), 16)
            for name, embedding in zip(("image", "text"), one.trained(batch), strict=True):
                labels = {"predictor": name}
                yield Measurement("sum", float(embedding.sum()), seed=one.seed, labels=labels)

    def verdicts(self, rows, seconds):
        del rows, seconds
        return []


def die_if_asked():
    """Kill this process, as often as the environment says."""
    if GRAVES in os.environ:
        graves = Path(os.environ[GRAVES])
        count = len(list(graves.iterdir()))
        if count < int(os.environ[DEATHS]):
            (graves / str(count)).touch()
            os.kill(os.getpid(), signal.SIGKILL)
