"""What tests of experiments share: a study that takes seconds, a claim, its finished report."""

from __future__ import annotations

import dataclasses
import hashlib
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path

import jax
import pytest

from experiments.cli import main
from experiments.encoders import MLPConfig
from experiments.objectives import InfoNCE
from experiments.probes import identifiability, linear_r2, sample
from experiments.report import reproduce
from experiments.results.record import Measurement
from experiments.studies import STUDIES, Setting, Study
from experiments.studies.trained.sentence import SentenceStudy
from experiments.training.config import TrainingConfig
from experiments.training.optimizer import OptimizerConfig
from experiments.training.run import Run
from proofs_check import CLAIMS, T2, Comparison, Control
from scm import SentenceConfig
from tests.experiments.worker_studies import Embeddings

# Every block and the embedding have two columns, so that all probes share one compiled program.
WORLD = SentenceConfig(n_inv=2, n_dp=2, n_pr_img=2, n_pr_txt=2)
TINY = TrainingConfig(
    world=WORLD,
    image_encoder=MLPConfig((8,)),
    text_encoder=MLPConfig((8,)),
    embedding_size=2,
    objective=InfoNCE(),
    optimizer=OptimizerConfig(learning_rate=0.01, warmup=2),
    batch_size=64,
    steps=20,
)
SIZES = {"small world": 0.5, "large world": 2.0}
SHARED = dataclasses.replace(WORLD, style="copy", style_change=0.0)


# T2 with exact checks that take no time, of worlds that are numbers.
TINY_T2 = dataclasses.replace(
    T2,
    requires=(),
    measure=lambda world: [Comparison("size", "<=", 1.0, world)],
    worlds={"small world": lambda: SIZES["small world"]},
    controls=(
        Control(
            "large world",
            lambda: SIZES["large world"],
            lambda world: [Comparison("size", ">=", 1.5, world)],
        ),
    ),
)


class TinyStudy(SentenceStudy):
    """The sentence study with two settings of 20 steps."""

    def settings(self, preset):
        settings = [self._tiny("independent content", "claim", WORLD, (0, 1))]
        if preset == "full":
            return [*settings, self._tiny("too many outputs", "finding", WORLD, (2,))]
        return [*settings, self._tiny("shared style", "control", SHARED, (0, 1))]

    def base(self):
        return self._tiny("independent content", "claim", WORLD, (0,))

    def _tiny(self, name, kind, world, seeds):
        config = TrainingConfig(**(vars(TINY) | {"world": world}))
        return Setting(name, Run(config, seeds), {"kind": kind, "law": world.law})


class TinyExactStudy(Study):
    """One setting, two exact rows."""

    name = "sizes"
    version = 1
    claims = ("T2",)
    title = "How large are tiny worlds?"

    def settings(self, preset):
        del preset
        return [Setting("worlds")]

    def measure(self, setting, seeds):
        del setting, seeds
        return [Measurement("size", size, None, {"world": name}) for name, size in SIZES.items()]

    def verdicts(self, rows, seconds):
        del rows, seconds
        return []


@contextmanager
def installed():
    """Tiny studies and a claim in place of all, and small probes, until the end."""
    with (
        STUDIES.scope({"sizes": TinyExactStudy(), "sentence": TinyStudy()}),
        CLAIMS.scope({"T2": TINY_T2}),
        pytest.MonkeyPatch.context() as patch,
    ):
        for name, points in (("TRAIN", 192), ("VALIDATION", 64), ("TEST", 128)):
            patch.setattr(sample, name, points)
        # The perceptron takes longest to compile, and has tests of its own.
        patch.setattr(
            identifiability, "mlp_r2", lambda _, inputs, targets: linear_r2(inputs, targets)
        )
        yield


@pytest.fixture(autouse=True)
def _allow_rank_promotion():
    """Worlds add a bias to rows without an axis of its own, as trained code here does."""
    with jax.numpy_rank_promotion("allow"):
        yield


@pytest.fixture
def tiny_config():
    return TINY


@pytest.fixture
def tiny_study():
    with installed():
        yield STUDIES["sentence"]


@pytest.fixture
def tiny_exact_study(tiny_study):  # noqa: ARG001
    return STUDIES["sizes"]


@pytest.fixture
def tiny_exact_rows(tiny_exact_study):
    (setting,) = tiny_exact_study.settings("quick")
    return tiny_exact_study.rows(setting)


@pytest.fixture(scope="session")
def finished_report(tmp_path_factory):
    """Folder of an uninterrupted quick report of the tiny study; to be copied, not changed."""
    directory = tmp_path_factory.mktemp("report") / "results"
    with installed(), jax.numpy_rank_promotion("allow"):
        reproduce(directory)
    return directory


@pytest.fixture(scope="session")
def report_of_embeddings(tmp_path_factory):
    """The rows of a study that workers can import, as bytes, which one process has made."""
    directory = tmp_path_factory.mktemp("embeddings")
    studies, claims = {"embeddings": Embeddings()}, {"T2": TINY_T2}
    with STUDIES.scope(studies), CLAIMS.scope(claims), jax.numpy_rank_promotion("allow"):
        reproduce(directory)
    return (directory / "results.csv").read_bytes()


@pytest.fixture
def report(tiny_study, finished_report, tmp_path):  # noqa: ARG001
    """A copy of `finished_report`, with the tiny study in place."""
    return Path(shutil.copytree(finished_report, tmp_path / "results"))


@pytest.fixture
def snapshot():
    """A function from a folder to what all its files hold."""

    def of(directory):
        files = sorted(path for path in Path(directory).rglob("*") if path.is_file())
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    return of


@pytest.fixture
def run_command(monkeypatch, capsys, tmp_path):
    """A function that runs the command in `tmp_path` and gives exit code, output and errors."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["tokenscm", *map(str, arguments)])
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = stop.code
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def tokenscm(run_command, tiny_study):  # noqa: ARG001
    """`run_command`, where there is one tiny study alone, and one claim."""
    return run_command
