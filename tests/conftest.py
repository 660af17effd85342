"""Strictness shared by all tests: types, shapes, ranks and warnings are checked."""

from __future__ import annotations

import gc
import json
import os
from contextlib import ExitStack
from functools import cache
from pathlib import Path

os.environ.setdefault("JAX_PLATFORMS", "cpu")
# Nothing is left where a user works.
os.environ["TOKENSCM_CACHE"] = ""
# As `experiments` has it, also where a test computes before that is imported.
os.environ.setdefault("NPROC", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Most of the suite's time is compiling small programs that run once: as fast as it goes.
os.environ.setdefault(
    "XLA_FLAGS",
    "--xla_backend_optimization_level=0 --xla_cpu_use_fusion_emitters=false "
    "--xla_cpu_parallel_codegen_split_count=1",
)

from tests import type_checks

# Until all tests are found: imports leave no garbage.
gc.disable()
type_checks.install(["scm", "proofs_check", "experiments", "figures"])

import hypothesis
import jax
import jaxtyping
import matplotlib as mpl
import psutil
import pytest

from tests.browser import chromium as chromium

mpl.use("Agg")
jax.config.update("jax_numpy_rank_promotion", "raise")

TESTS = Path(__file__).parent

FAST = (
    "scm/continuous/test_mechanisms.py",
    "scm/images/test_signed_distance.py",
    "scm/language",
    "scm/operators/test_operator_results.py",
    "scm/operators/test_where.py",
    "scm/test_arguments.py",
    "scm/test_keys.py",
    "scm/test_registry.py",
    "proofs_check/finite",
    "proofs_check/quantities",
    "proofs_check/test_verdict.py",
    "experiments/configs",
    "experiments/objectives/test_neighbours.py",
    "experiments/objectives/test_similarity.py",
    "experiments/results",
    "experiments/test_vocabulary.py",
    "figures/page/test_found.py",
    "figures/page/test_theory.py",
    "figures/page/test_wording.py",
    "figures/test_blocks.py",
    "figures/test_hard_negatives.py",
    "figures/test_scenes.py",
    "figures/test_selection.py",
    "figures/test_vision.py",
    "test_architecture.py",
    "test_bibliography.py",
    "test_docstrings.py",
    "test_theory.py",
    "test_conftest.py",
    "test_mutants.py",
)
"""Files and folders whose tests are marked `fast`: those that compile little and train nothing."""

DEAR = (
    "experiments/results/test_sheets.py",
    "proofs_check/finite/test_finite_world.py",
    "proofs_check/finite/test_scene_laws.py",
    "proofs_check/finite/test_small_probabilities.py",
    "proofs_check/quantities/test_alignment_entropy.py",
    "proofs_check/quantities/test_contrastive.py",
    "proofs_check/quantities/test_iterated.py",
    "proofs_check/quantities/test_scene_separation.py",
    "proofs_check/quantities/test_shared_negatives.py",
    "proofs_check/quantities/test_transfer.py",
    "scm/language/test_captions.py",
)
"""Files in those folders that take longest; they are not marked."""


def is_fast(path):
    """Whether the tests of a file are marked `fast`."""
    inside = path.relative_to(TESTS)
    listed = any(inside.is_relative_to(place) for place in FAST)
    return listed and inside.as_posix() not in DEAR


def pytest_collection_modifyitems(items):
    """Mark whole files, so that a test is fast by where it stands."""
    for item in items:
        if item.path.is_relative_to(TESTS) and is_fast(item.path):
            item.add_marker(pytest.mark.fast)


def pytest_collection_finish():
    """Look for garbage seldom, and not in what is there before tests: it took 6 % of their time."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
    gc.enable()


def pytest_sessionfinish():
    """Look once for garbage that complains, and not five times as pytest does by itself."""
    gc.collect()
    gc.freeze()


hypothesis.settings.register_profile("local", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.fixture(scope="session", autouse=True)
def programs_stay():
    """A command forgets what it compiled, lest it take a user's memory; tests go on with it.

    And it works in the process of the test, where the studies are that a test registers.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("experiments.job.drop_programs", lambda: None)
        patch.setattr("experiments.commands.work.as_many_as_fit", lambda: 1)
        yield


@pytest.fixture(scope="session")
def of_all_processes(tmp_path_factory):
    """A folder that all processes of tests have in common."""
    of_one = tmp_path_factory.getbasetemp()
    return of_one.parent if "PYTEST_XDIST_WORKER" in os.environ else of_one


@pytest.fixture(scope="session", autouse=True)
def programs_are_found(of_all_processes):
    """What one test compiled is found by all others, and by processes they start."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (
            ("jax_compilation_cache_dir", str(of_all_processes / "programs")),
            ("jax_persistent_cache_min_compile_time_secs", 0.0),
        ):
            patch.setenv(name.upper(), str(value))
            jax.config.update(name, value)
        yield


@pytest.fixture(scope="module", autouse=True)
def programs_fit():
    """Between files, forget what was compiled where all processes took half of the memory."""
    yield
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if psutil.Process().memory_info().rss > psutil.virtual_memory().total / processes / 2:
        jax.clear_caches()


@pytest.fixture
def hold():
    """A function from a registry and entries, or none, to its scope, which ends with the test."""
    with ExitStack() as stack:
        yield lambda registry, entries=None: stack.enter_context(registry.scope(entries))


@pytest.fixture
def blank_figures(monkeypatch):
    """Figures are drawn, and empty ones saved: how they look is tested where they stand."""
    monkeypatch.setattr("figures.figure.render", lambda _, suffix: _blank(suffix))


@cache
def _blank(suffix):
    from matplotlib.figure import Figure

    from figures.style import render

    return render(Figure(figsize=(1, 1)), suffix)


@pytest.fixture
def strict_promotion():
    """Raise where a dtype is promoted implicitly. Not global: `optax.contrib.muon` promotes."""
    with jax.numpy_dtype_promotion("strict"):
        yield


@pytest.fixture
def as_users_run():
    """Without the type checks of our tests, which no user has: errors are those of our own."""
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)


@pytest.fixture(scope="session")
def measured(of_all_processes):
    """A function from a study to what it measures, see `tests.experiments.study_rows`.

    Once for all tests: processes that share them find it in a file.
    """
    from tests.experiments.study_rows import Measured, measure

    @cache
    def of(name):
        kept = of_all_processes / f"{name}.json"
        if not kept.exists():
            written = kept.with_suffix(f".{os.getpid()}")
            written.write_text(json.dumps(measure(name).to_json()), encoding="utf-8")
            written.rename(kept)
        return Measured.from_json(json.loads(kept.read_text(encoding="utf-8")))

    return of
