"""One code for numpy on the host and for JAX inside jit."""

from __future__ import annotations

from typing import Any, TypeVar

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

AnyArray = TypeVar("AnyArray", Array, np.ndarray)
"""All arrays of numpy, or all of JAX. Exact tables of many small worlds are made in numpy, where a
new shape costs nothing; training runs the same functions on tracers."""


def array_module(array: Array | np.ndarray) -> Any:
    """``numpy`` for an array of numpy, ``jax.numpy`` for one of JAX."""
    return np if isinstance(array, np.ndarray) else jnp
