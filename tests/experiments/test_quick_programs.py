"""Programs that compile quickly, as users compile them: the suite's own XLA_FLAGS turn that off."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

# A run whose program is compiled ahead from shapes, and what probes ask of its encoders.
SCRIPT = """
import sys
from pathlib import Path
import jax
from experiments import Run, Units, block_r2, embed, finish, probe_sample
from experiments.training.programs import prepare
from scm.compiler import quickly
from tests.experiments.conftest import TINY

assert quickly(), "the options are off"
run = Run(TINY, (0,))
prepare([run])
(encoders,) = finish(run, Units.create(Path(sys.argv[1]))).trained.encoders
sample = probe_sample(TINY.build_world(0), jax.random.key(1))
scores = block_r2(embed(encoders, sample)["text"], sample.latents, jax.random.key(2), report=True)
print(sorted({score["probe"] for score in scores}))
"""


def test_nothing_that_is_compiled_quickly_stands_within_another_program(tmp_path):
    """JAX refuses options there, even where the outer program is traced for its shapes alone."""
    environment = {**os.environ, "XLA_FLAGS": "", "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", SCRIPT, str(tmp_path / "results")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "['kernel', 'linear', 'mlp']\n"), done.stderr
