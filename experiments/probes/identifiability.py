"""Block identifiability: what an embedding tells of each latent block, and each block of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jaxtyping import Array, Float, Key, Shaped

from experiments.encoders import DualEncoder, Encoder
from experiments.probes.kernel_ridge import kernel_ridge_r2
from experiments.probes.linear import linear_r2
from experiments.probes.mlp import mlp_r2
from scm import Batch, World

TRAIN, VALIDATION, TEST = 2048, 1024, 4096
"""Points that probes are fitted on, tuned on, and scored on."""

EMBED_ROWS = 1024
"""Inputs that are embedded at once, to bound memory: transformers hold some 0.2 MB for each."""

Splits = dict[str, Array]


def probe_sample(world: World, key: Key[Array, ""]) -> Batch:
    """A fresh sample for probes, `TRAIN` + `VALIDATION` + `TEST` pairs."""
    return jax.jit(lambda world, key: world.sample(key, TRAIN + VALIDATION + TEST))(world, key)


def split(points: Shaped[Array, " n *d"]) -> Splits:
    """The parts of a `probe_sample` by name."""
    return {
        "train": points[:TRAIN],
        "validation": points[TRAIN : TRAIN + VALIDATION],
        "test": points[TRAIN + VALIDATION :],
    }


def block_r2(
    predictor: Float[Array, "n d"],
    blocks: Mapping[str, Float[Array, "n _"]],
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
    scores: dict[str, dict[str, Any]] = {
        "kernel": {name: kernel_ridge_r2(inputs, split(block)) for name, block in present.items()}
    }
    if report:
        ends = np.cumsum([block.shape[1] for block in present.values()])[:-1]
        joint = split(jnp.concatenate(list(present.values()), axis=1))
        for probe, of_columns in (
            ("linear", linear_r2(inputs, joint)),
            ("mlp", mlp_r2(key, inputs, joint)),
        ):
            parts = np.split(np.asarray(of_columns), ends)
            scores[probe] = dict(zip(present, parts, strict=True))
    return [
        {"target": name, "probe": probe, "value": float(np.mean(np.asarray(score)))}
        for probe, of_blocks in scores.items()
        for name, score in of_blocks.items()
    ]


def embed(encoders: DualEncoder, batch: Batch) -> dict[str, Float[Array, "n d"]]:
    """f(x) and g(y) of a batch, as ``image`` and ``text``."""
    return {
        "image": embed_in_pieces(encoders.image, batch.image),
        "text": embed_in_pieces(encoders.text, batch.text),
    }


def embed_in_pieces(encoder: Encoder, inputs: Shaped[Array, " n *shape"]) -> Float[Array, "n d"]:
    """The embeddings of inputs, `EMBED_ROWS` at a time."""
    starts = range(0, inputs.shape[0], EMBED_ROWS)
    return jnp.concatenate([_embed(encoder, inputs[i : i + EMBED_ROWS]) for i in starts])


@nnx.jit
def _embed(encoder: Encoder, inputs: Array) -> Array:
    return encoder(inputs)


def shuffled(points: Float[Array, "n d"], key: Key[Array, ""]) -> Float[Array, "n d"]:
    """The rows in random order: what predicts nothing but by chance."""
    order = np.asarray(jax.random.permutation(key, points.shape[0]))
    return points[order]
