"""Imports touch no device: who imports us may still choose where arrays are computed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def imported(statement):
    """An import where every backend that is asked for is missing, so that asking raises."""
    return subprocess.run(
        [sys.executable, "-c", statement],
        env={**os.environ, "PYTHONPATH": str(ROOT), "JAX_PLATFORMS": "none_such"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("module", ["scm", "proofs_check", "experiments.commands"])
def test_importing_initialises_no_backend(module):
    done = imported(f"import {module}")
    assert done.returncode == 0, done.stderr


def test_a_backend_that_is_initialised_is_noticed():
    done = imported("import jax; jax.random.key(0)")
    assert "Unable to initialize backend 'none_such'" in done.stderr
