"""Speed and memory: what `tokenscm bench` measures."""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax.scipy.special import logit

from experiments.encoders import MLPConfig
from experiments.objectives import InfoNCE
from experiments.probes.embedding import embed
from experiments.probes.identifiability import block_r2
from experiments.probes.sample import probe_sample
from experiments.progress import Output
from experiments.results.files import writable_directory, write_json
from experiments.training.config import TrainingConfig
from experiments.training.loop import chunks, encoder_flops
from experiments.training.mesh import device_mesh
from experiments.training.optimizer import OptimizerConfig
from scm import SentenceConfig, named_key
from scm.arguments import require

REFERENCE = TrainingConfig(
    world=SentenceConfig(),
    image_encoder=MLPConfig((150, 750, 750, 750, 750, 150), "leaky_relu"),
    text_encoder=MLPConfig((150, 750, 750, 750, 750, 150), "leaky_relu"),
    objective=InfoNCE(),
    optimizer=OptimizerConfig("adam", learning_rate=1e-4),
    batch_size=6144,
    steps=6,
)
"""The reference simulation's architecture and batch [daunhawer2023]; the first step compiles."""

MATMUL_SIZE = 4096
MATMUL_FLOPS = 2.0 * MATMUL_SIZE**3

NOT_MEASURABLE = "not measurable: the step outran the matmul, so the machine is busy"
"""What is printed for a fraction of peak above 1."""

GOALS = (0.98, 0.99)
"""Content R^2 that the default recipe is timed to."""

PROBE_EVERY = 500
"""Steps between two probes of the default recipe."""


def bench(out: Path | None) -> dict[str, Any]:
    """Measure, print, and write to ``out`` if it is given.

    Raises:
        ArgumentError: if ``out`` cannot be written; nothing is measured then.
    """
    if out is not None:
        require(not out.is_dir(), "out", "a file", str(out))
        writable_directory("out", out.absolute().parent)
    console = Output()
    flops = encoder_flops(REFERENCE)
    assert flops is not None
    pairs = steps_and_multiplications()
    step = statistics.median(pair.step for pair in pairs)
    peak = MATMUL_FLOPS / statistics.median(pair.multiplication for pair in pairs)
    fraction = fraction_of_peak(flops, pairs)
    console.print(f"matmul peak        {peak / 1e9:.0f} GFLOP/s (float32, {MATMUL_SIZE} square)")
    console.print(f"reference step     {step:.3f} s for {flops:.3g} FLOPs in the encoders")
    console.print(f"fraction of peak   {NOT_MEASURABLE if fraction is None else f'{fraction:.2f}'}")
    reached, best = seconds_to_r2()
    for goal, seconds in reached.items():
        text = "not reached" if seconds is None else f"{seconds:.1f} s"
        console.print(f"R2 {goal} of content  {text} (training alone; best {best:.4f})")
    resident = _peak_rss()
    console.print(f"peak memory        {resident / 2**30:.2f} GiB")
    found = {
        "step_seconds": step,
        "flops_per_step": flops,
        "peak_flops": peak,
        "fraction_of_peak": fraction,
        "seconds_to_r2": reached,
        "peak_rss_bytes": resident,
    }
    if out is not None:
        write_json(out, found)
    return found


class Pair(NamedTuple):
    """Seconds of a training step of `REFERENCE`, and of the matmul right after it."""

    step: float
    multiplication: float


def steps_and_multiplications() -> list[Pair]:
    """A training step of `REFERENCE` and a square float32 matmul in turn, but for the first step.

    Both take about as long on two cores, so that what else the machine does slows both alike.
    """
    square = jax.random.normal(jax.random.key(0), (MATMUL_SIZE, MATMUL_SIZE))
    multiply = jax.jit(jnp.matmul)
    multiply(square, square).block_until_ready()
    pairs = []
    start = time.perf_counter()
    for _ in chunks(REFERENCE, (0,), device_mesh(), length=1):
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


def seconds_to_r2() -> tuple[dict[str, float | None], float]:
    """Training time of the default recipe until content R^2 reaches each of `GOALS`.

    Independent content under Assumption 1, seed 0; R^2 from the worse of the two embeddings, by
    the kernel probe on the logits of their coordinates. Compilation and probes are left out.

    Returns:
        Seconds by goal, None where it is not reached; and the best R^2.
    """
    config = TrainingConfig()
    reached: dict[str, float | None] = {str(goal): None for goal in GOALS}
    key = named_key(jax.random.key(0), "probe")
    batch = probe_sample(config.build_world(0), key)
    seconds, best, timed_steps = 0.0, 0.0, 0
    start = time.perf_counter()
    for chunk in chunks(config, (0,), device_mesh()):
        if timed_steps == 0:
            # The first chunk compiles; its own time is that of a later one.
            timed_steps = chunk.steps
            start = time.perf_counter()
            continue
        seconds += time.perf_counter() - start
        timed = seconds * chunk.steps / (chunk.steps - timed_steps)
        if chunk.steps % PROBE_EVERY == 0 or chunk.steps == config.steps:
            content = {"z_inv": batch.latents["z_inv"]}
            # The probe reads normal content from uniform coordinates, those of the exact optimum,
            # with R^2 0.987; from their logits with 0.9996.
            embeddings = jax.tree.map(logit, embed(chunk.encoders(0), batch))
            score = min(
                float(block_r2(points, content, key)[0]["value"]) for points in embeddings.values()
            )
            best = max(best, score)
            for goal in GOALS:
                if score >= goal and reached[str(goal)] is None:
                    reached[str(goal)] = timed
        start = time.perf_counter()
    return reached, best


def _peak_rss() -> int:
    """Largest resident memory of this process so far, in bytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
