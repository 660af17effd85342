"""The optimiser and its learning-rate schedule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, Int

from scm.arguments import require_choice, require_integer, require_number
from scm.pytree import pytree_dataclass
from scm.registry import CONFIGS

Method = Literal["muon", "adam", "sgd"]

ADAM_FRACTION = 0.1
"""Adam's learning rate beside Muon, as a fraction of Muon's. At 1 the biases overshoot, and one
dimension of the embedding collapses for thousands of steps."""


@dataclass(frozen=True)
class OptimizerConfig:
    """How parameters are updated.

    Attributes:
        method: ``muon`` [jordan2024] orthogonalises the momentum of every kernel and gives the rest
            (biases, embeddings, scales) to Adam with Nesterov momentum; ``adam`` is Adam for all;
            ``sgd`` is gradient descent on batches, without momentum.
        learning_rate: the schedule's peak, above 0.
        warmup: number of steps of linear warm-up, at least 0.
        final_fraction: learning rate after cosine decay as a fraction of the peak, in [0, 1]; 1
            keeps it constant.

    Raises:
        ArgumentError: if a setting is outside its range.
    """

    method: Method = "muon"
    learning_rate: float = 0.04
    warmup: int = 100
    final_fraction: float = 0.0

    def __post_init__(self) -> None:
        require_choice("method", self.method, get_args(Method))
        require_number("learning_rate", self.learning_rate, 0.0, exclude_low=True)
        require_integer("warmup", self.warmup, 0)
        require_number("final_fraction", self.final_fraction, 0.0, 1.0)

    def schedule(self, steps: int) -> Schedule:
        """The learning rate over ``steps`` steps."""
        settings = (self.learning_rate, self.warmup, self.final_fraction, steps)
        return Schedule(*(jnp.asarray(setting, jnp.float32) for setting in settings))


@pytree_dataclass
class Schedule:
    """Linear warm-up, then cosine decay; its settings are leaves, so all share one program."""

    peak: Float[Array, ""]
    warmup: Float[Array, ""]
    final_fraction: Float[Array, ""]
    steps: Float[Array, ""]

    def __call__(self, step: Int[Array, ""]) -> Float[Array, ""]:
        """Learning rate of step ``step``, counted from 0."""
        at = step.astype(jnp.float32)
        rise = jnp.minimum(1.0, (at + 1.0) / jnp.maximum(self.warmup, 1.0))
        decayed = (at - self.warmup) / jnp.maximum(self.steps - self.warmup, 1.0)
        cosine = 0.5 * (1.0 + jnp.cos(jnp.pi * jnp.clip(decayed, 0.0, 1.0)))
        return self.peak * rise * (self.final_fraction + (1.0 - self.final_fraction) * cosine)


def transformation(method: Method) -> optax.GradientTransformation:
    """The optimiser at learning rate 1; the training loop multiplies by its `Schedule`."""
    if method == "adam":
        return optax.adam(1.0)
    if method == "sgd":
        return optax.sgd(1.0)
    return optax.contrib.muon(
        1.0, adam_learning_rate=ADAM_FRACTION, muon_weight_dimension_numbers=_muon_dimensions
    )


def _muon_dimensions(parameters: Any) -> Any:
    def dimensions(path: tuple[Any, ...], leaf: Array) -> Any:
        is_kernel = any(getattr(part, "key", None) == "kernel" for part in path)
        return optax.contrib.MuonDimensionNumbers() if is_kernel and leaf.ndim == 2 else None

    return jax.tree_util.tree_map_with_path(dimensions, parameters)


CONFIGS.register("optimizer", OptimizerConfig)
