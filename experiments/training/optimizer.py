"""The optimiser and its learning-rate schedule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

import jax
import jax.numpy as jnp
import optax
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, Float, Int

from scm.arguments import require_choice, require_integer, require_number
from scm.pytree import pytree_dataclass
from scm.registry import CONFIGS

Method = Literal["muon", "adam", "sgd"]

ADAM_FRACTION = 0.1
"""Adam's learning rate beside Muon, as a fraction of Muon's. At 1 the biases overshoot, and one
dimension of the embedding collapses for thousands of steps."""


QUINTIC = (3.4445, -4.7750, 2.0315)
"""Coefficients of Newton-Schulz by which Muon orthogonalises [jordan2024]."""

ITERATIONS = 5
"""Of Newton-Schulz. Named one by one they are a loop to the compiler, not as many copies."""


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
    learning_rate: float = 0.03
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

    def __call__(self, step: Int[Array, " *steps"]) -> Float[Array, " *steps"]:
        """Learning rate of step ``step``, counted from 0."""
        at = step.astype(jnp.float32)
        rise = jnp.minimum(1.0, (at + 1.0) / jnp.maximum(self.warmup, 1.0))
        decayed = (at - self.warmup) / jnp.maximum(self.steps - self.warmup, 1.0)
        cosine = 0.5 * (1.0 + jnp.cos(jnp.pi * jnp.clip(decayed, 0.0, 1.0)))
        return self.peak * rise * (self.final_fraction + (1.0 - self.final_fraction) * cosine)


def transformation(method: Method) -> optax.GradientTransformation:
    """The optimiser at learning rate 1; the training loop multiplies by its `Schedule`."""
    if method == "sgd":
        return optax.sgd(1.0)
    if method == "adam":
        return stacked(optax.adam(1.0))
    return stacked(
        optax.contrib.muon(
            1.0,
            ns_coeffs=(QUINTIC,) * ITERATIONS,
            adam_learning_rate=ADAM_FRACTION,
            muon_weight_dimension_numbers=_muon_dimensions,
        )
    )


def stacked(inner: optax.GradientTransformation) -> optax.GradientTransformation:
    """Update all kernels of one shape as one array, and all other parameters as one vector.

    What is compiled then grows with the number of shapes, not with that of parameters, and
    compiling takes half as long. Kernels are the two-dimensional parameters of that name.

    Args:
        inner: updates a dict of arrays: the stacked kernels under their shapes, as
            ``kernel 8x3``, with a leading axis, and the vector, where there is one, as ``others``.
    """

    def init(params: Any) -> optax.OptState:
        return inner.init(_stack(params)[0])

    def update(
        updates: Any, state: optax.OptState, params: Any = None
    ) -> tuple[Any, optax.OptState]:
        stacks, apart = _stack(updates)
        held = None if params is None else _stack(params)[0]
        changed: Any
        changed, state = inner.update(stacks, state, held)
        return apart(changed), state

    return optax.GradientTransformation(init, update)


OTHERS = "others"

Stacks = dict[str, Array]
"""Parameters, or what has their shapes, as `stacked` hands them on."""


def _stack(tree: Any) -> tuple[Stacks, Callable[[Stacks], Any]]:
    """The stacks of a tree of arrays, and what makes the tree of such stacks."""
    found, structure = jax.tree_util.tree_flatten_with_path(tree)
    leaves = [leaf for _, leaf in found]
    places: dict[str, list[int]] = {}
    for place, (path, leaf) in enumerate(found):
        is_kernel = getattr(path[-1], "key", None) == "kernel" and leaf.ndim == 2
        name = f"kernel {leaf.shape[0]}x{leaf.shape[1]}" if is_kernel else OTHERS
        places.setdefault(name, []).append(place)
    others, unravel = ravel_pytree([leaves[place] for place in places.get(OTHERS, ())])
    kernels = {name: at for name, at in places.items() if name != OTHERS}
    stacks = {name: jnp.stack([leaves[place] for place in at]) for name, at in kernels.items()}
    if OTHERS in places:
        stacks[OTHERS] = others

    def apart(stacks: Stacks) -> Any:
        parts = {OTHERS: unravel(stacks[OTHERS])} if OTHERS in places else {}
        parts |= {name: list(stacks[name]) for name in kernels}
        of_place = {
            place: part
            for name, at in places.items()
            for place, part in zip(at, parts[name], strict=True)
        }
        return structure.unflatten(of_place[place] for place in range(len(leaves)))

    return stacks, apart


def _muon_dimensions(stacks: Any) -> Any:
    kernel = optax.contrib.MuonDimensionNumbers(reduction_axis=1, output_axis=2)
    return {name: None if name == OTHERS else kernel for name in stacks}


CONFIGS.register("optimizer", OptimizerConfig)
