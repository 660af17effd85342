"""What XLA is told of programs that run briefly, whose time is compilation for the most part."""

from __future__ import annotations

import os
from typing import Any

_QUICKLY = {"xla_backend_optimization_level": 1, "xla_cpu_use_fusion_emitters": False}


def quickly() -> dict[str, Any]:
    """Options of `jax.jit` by which a program compiles in half of the time, and runs slower.

    On a CPU XLA then optimises less, and leaves its newer generators of code for fused operations,
    which take 8 ms for each of the hundreds in a training program. Steps of transformers take 1.75
    ms for 1.5, of perceptrons of 64 units 2.6 ms for 1.65, of encoders of pixels 61 ms for 53.

    Returns:
        The options but for those that the environment variable XLA_FLAGS names: those rule.
    """
    flags = os.environ.get("XLA_FLAGS", "")
    return {name: value for name, value in _QUICKLY.items() if name not in flags}
