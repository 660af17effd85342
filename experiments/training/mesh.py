"""The devices that training runs on, as one mesh."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from experiments.training.config import TrainingConfig
from scm.arguments import require


def device_mesh(devices: Sequence[Any] | None = None) -> Mesh:
    """A mesh of all devices (or of those given) along one axis called ``data``."""
    chosen = np.asarray(jax.devices() if devices is None else devices)
    return Mesh(chosen, ("data",), axis_types=(jax.sharding.AxisType.Auto,))


def replicate(tree: Any, mesh: Mesh) -> Any:
    """A tree of arrays with a copy of each on every device.

    Args:
        tree: arrays, which every process has whole, of the same numbers.
        mesh: the devices, of this process and of others.
    """
    sharding = NamedSharding(mesh, PartitionSpec())
    if jax.process_count() == 1:
        return jax.device_put(tree, sharding)

    def of_all(array: Any) -> jax.Array:
        if jnp.issubdtype(array.dtype, jax.dtypes.prng_key):
            return jax.random.wrap_key_data(of_all(jax.random.key_data(array)))
        host = np.asarray(array)
        return jax.make_array_from_callback(host.shape, sharding, lambda index: host[index])

    return jax.tree.map(of_all, tree)


def require_even(config: TrainingConfig, mesh: Mesh) -> None:
    """Refuse devices that a batch does not divide over.

    Args:
        config: what is to be trained.
        mesh: the devices.

    Raises:
        ArgumentError: if they do not; it says how many would, and how to give JAX no more.
    """
    size, devices = config.batch_size, mesh.size
    fewer = max(count for count in range(1, devices + 1) if size % count == 0)
    visible = ",".join(map(str, range(fewer)))
    remedy = f"CUDA_VISIBLE_DEVICES={visible}, or on a CPU by JAX_NUM_CPU_DEVICES={fewer}"
    expected = f"a number that divides the batch size of {size}, as {fewer} does (by {remedy})"
    require(fewer == devices, "devices", expected, devices)
