"""How the cost of a step grows: with the batch, and with seeds together and apart."""

from __future__ import annotations

import dataclasses
from typing import Any

from experiments.bench.speed import peak_rss, step_seconds
from experiments.encoders import MLPConfig
from experiments.objectives import InfoNCE
from experiments.progress import Output
from experiments.training.config import TrainingConfig
from experiments.training.memory import step_bytes

BATCHES = {512: (20, 5), 2048: (5, 3), 8192: (1, 3), 32768: (1, 2), 65536: (1, 1)}
"""Steps of a chunk, and timed chunks, by the number of pairs."""

SEEDS = 4
"""How many are trained together, or one after the other."""

GROWING = TrainingConfig(
    image_encoder=MLPConfig(),
    text_encoder=MLPConfig(),
    embedding_size=16,
    objective=InfoNCE("cosine", temperature=0.05, learn_temperature=True),
)
"""Small perceptrons with 16 outputs, so that the loss of all pairs is most of a large batch."""


def batches(console: Output) -> dict[str, Any]:
    """Measure and print a step's seconds, and memory, against the batch.

    Args:
        console: to print to.
    """
    found = []
    for K, (length, times) in BATCHES.items():
        config = dataclasses.replace(GROWING, batch_size=K)
        seconds = step_seconds(config, length=length, times=times)
        resident, expected = peak_rss(), step_bytes(config)
        console.print(
            f"K = {K:<14} {seconds:.3g} s a step, {resident / 2**30:.2f} GiB so far "
            f"({expected / 2**30:.2f} expected)"
        )
        found.append(
            {
                "batch_size": K,
                "step_seconds": seconds,
                "peak_rss_bytes": resident,
                "expected_step_bytes": expected,
            }
        )
    return {"batches": found}


def seeds_together(console: Output) -> dict[str, Any]:
    """Measure and print a step's seconds a seed, of `SEEDS` in one program and of each alone.

    Args:
        console: to print to.
    """
    config = TrainingConfig()
    together = step_seconds(config, tuple(range(SEEDS))) / SEEDS
    apart = step_seconds(config)
    console.print(
        f"{SEEDS} seeds            {1e3 * together:.2f} ms a step and seed together, "
        f"{1e3 * apart:.2f} ms apart"
    )
    return {"seconds_a_seed": {"together": together, "apart": apart}}
