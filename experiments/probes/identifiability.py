"""Block identifiability: what an embedding tells of each latent block, and each block of it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from jaxtyping import Array, Float, Key

from experiments.probes.kernel_ridge import kernel_ridge_r2
from experiments.probes.linear import linear_r2
from experiments.probes.mlp import mlp_r2
from experiments.probes.sample import split


def block_r2(
    predictor: Float[Array | np.ndarray, "n d"],
    blocks: Mapping[str, Float[Array | np.ndarray, "n _"]],
    key: Key[Array, ""],
    *,
    report: bool = False,
) -> list[dict[str, str | float]]:
    """R^2 of predicting each block, averaged over its coordinates.

    Args:
        predictor: embeddings or latents of a `probe_sample`.
        blocks: what to predict, by name; blocks without columns are left out.
        key: initialises the perceptron.
        report: whether to score the linear and the perceptron probe beside the kernel ridge.

    Returns:
        For each block and probe: ``target``, ``probe`` and ``value``.
    """
    inputs = split(predictor)
    present = {name: block for name, block in blocks.items() if block.shape[1] > 0}
    if not present:
        return []
    widths = tuple(block.shape[1] for block in present.values())
    joint = split(np.concatenate(list(present.values()), axis=1))
    scores = {"kernel": kernel_ridge_r2(inputs, joint, widths)}
    if report:
        scores |= {"linear": linear_r2(inputs, joint), "mlp": mlp_r2(key, inputs, joint)}
    return [
        {"target": name, "probe": probe, "value": float(np.mean(part))}
        for probe, of_columns in scores.items()
        for name, part in zip(
            present, np.split(np.asarray(of_columns), np.cumsum(widths)[:-1]), strict=True
        )
    ]
