"""The reference simulation's step, beside a matmul: which fraction of peak it reaches."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from flax import nnx

from experiments.encoders import MLPConfig
from experiments.objectives import InfoNCE
from experiments.progress import Output
from experiments.training.config import TrainingConfig, encoder_shapes, world_shapes
from experiments.training.loop import Chunk, chunks
from experiments.training.members import members
from experiments.training.mesh import device_mesh
from experiments.training.optimizer import OptimizerConfig
from scm import SentenceConfig

REFERENCE = TrainingConfig(
    world=SentenceConfig(),
    image_encoder=MLPConfig((150, 750, 750, 750, 750, 150), "leaky_relu"),
    text_encoder=MLPConfig((150, 750, 750, 750, 750, 150), "leaky_relu"),
    objective=InfoNCE(tile=256),
    optimizer=OptimizerConfig("adam", learning_rate=1e-4),
    batch_size=6144,
)
"""The reference simulation's architecture and batch [daunhawer2023]."""

STEPS = 6
"""How many of its steps are done; the first compiles."""

MATMUL_SIZE = 4096
MATMUL_FLOPS = 2.0 * MATMUL_SIZE**3

NOT_MEASURABLE = "not measurable: the step outran the matmul, so the machine is busy"
"""What is printed for a fraction of peak above 1."""


def reference_step(console: Output) -> dict[str, Any]:
    """Measure and print the step, and its fraction of peak.

    Args:
        console: to print to.
    """
    flops = encoder_flops(REFERENCE)
    pairs = steps_and_multiplications()
    step = statistics.median(pair.step for pair in pairs)
    peak = MATMUL_FLOPS / statistics.median(pair.multiplication for pair in pairs)
    fraction = fraction_of_peak(flops, pairs)
    console.print(f"matmul peak        {peak / 1e9:.0f} GFLOP/s (float32, {MATMUL_SIZE} square)")
    console.print(f"reference step     {step:.3f} s for {flops:.3g} FLOPs in the encoders")
    console.print(f"fraction of peak   {NOT_MEASURABLE if fraction is None else f'{fraction:.2f}'}")
    return {
        "step_seconds": step,
        "flops_per_step": flops,
        "peak_flops": peak,
        "fraction_of_peak": fraction,
    }


def encoder_flops(config: TrainingConfig) -> float:
    """FLOPs of a step in two perceptrons, 6 a pair and weight: 2 forward, 4 backward.

    Args:
        config: whose encoders are perceptrons: each matrix is used once an input.
    """
    encoders = encoder_shapes(config, world_shapes(config.world, 0))
    weights = sum(leaf.size for leaf in jax.tree.leaves(nnx.state(encoders)) if leaf.ndim == 2)
    return 6.0 * config.batch_size * weights


class Pair(NamedTuple):
    """Seconds of a training step of `REFERENCE`, and of the matmul right after it."""

    step: float
    multiplication: float


def reference_steps() -> Iterator[Chunk]:
    """The first `STEPS` steps of `REFERENCE`, one after the other."""
    return islice(chunks(members(REFERENCE, (0,)), device_mesh(), length=1), STEPS)


def steps_and_multiplications() -> list[Pair]:
    """A training step of `REFERENCE` and a square float32 matmul in turn, but for the first step.

    Both take about as long, so that what else the machine does slows both alike.
    """
    square = jax.random.normal(jax.random.key(0), (MATMUL_SIZE, MATMUL_SIZE))
    multiply = jax.jit(jnp.matmul)
    multiply(square, square).block_until_ready()
    pairs = []
    start = time.perf_counter()
    for _ in reference_steps():
        between = time.perf_counter()
        multiply(square, square).block_until_ready()
        end = time.perf_counter()
        pairs.append(Pair(between - start, end - between))
        start = time.perf_counter()
    return pairs[1:]


def fraction_of_peak(flops: float, pairs: Sequence[Pair]) -> float | None:
    """The median over pairs of the step's speed over that of its matmul.

    Args:
        flops: of a step.
        pairs: seconds of each, at least one pair.

    Returns:
        None where it is above 1: no step is faster than a matmul alone, so the machine was busy
        with something else, and the pairs say nothing.
    """
    fraction = statistics.median(
        flops / pair.step / (MATMUL_FLOPS / pair.multiplication) for pair in pairs
    )
    return fraction if fraction <= 1 else None
