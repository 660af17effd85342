"""The devices that training runs on, as one mesh."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax
import numpy as np
from jax.sharding import Mesh

from experiments.training.config import TrainingConfig
from scm.arguments import require


def device_mesh(devices: Sequence[Any] | None = None) -> Mesh:
    """A mesh of all devices (or of those given) along one axis called ``data``."""
    chosen = np.asarray(jax.devices() if devices is None else devices)
    return Mesh(chosen, ("data",), axis_types=(jax.sharding.AxisType.Auto,))


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
