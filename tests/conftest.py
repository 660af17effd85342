"""Strictness shared by all tests: types, shapes, ranks and warnings are checked."""

from __future__ import annotations

import os
from contextlib import ExitStack

os.environ.setdefault("JAX_PLATFORMS", "cpu")
# Most of the suite's time is compiling small programs that run once.
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0")

from jaxtyping import install_import_hook

install_import_hook(["scm", "proofs_check", "experiments"], "beartype.beartype")

import hypothesis
import jax
import jaxtyping
import matplotlib as mpl
import pytest

mpl.use("Agg")
jax.config.update("jax_numpy_rank_promotion", "raise")

hypothesis.settings.register_profile("local", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.fixture
def hold():
    """A function from a registry and entries, or none, to its scope, which ends with the test."""
    with ExitStack() as stack:
        yield lambda registry, entries=None: stack.enter_context(registry.scope(entries))


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
