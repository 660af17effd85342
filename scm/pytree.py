"""Frozen dataclasses that JAX sees as trees of arrays."""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar, dataclass_transform

import jax

C = TypeVar("C")


@dataclass_transform(frozen_default=True, field_specifiers=(dataclasses.field,))
def pytree_dataclass(cls: type[C]) -> type[C]:
    """Make ``cls`` a frozen dataclass whose fields are the children of a pytree.

    A field declared with ``static()`` is structure rather than a child: it must be hashable, and
    two trees that differ in it compile apart. JAX rebuilds an instance without calling
    ``__init__``, so type checks see the arrays a caller passes and never JAX's placeholders.
    """
    made: Any = dataclasses.dataclass(frozen=True)(cls)
    children = [f.name for f in dataclasses.fields(made) if not f.metadata.get("static")]
    structure = [f.name for f in dataclasses.fields(made) if f.metadata.get("static")]

    def flatten(instance: Any) -> tuple[list[tuple[Any, Any]], tuple[Any, ...]]:
        keyed = [(jax.tree_util.GetAttrKey(name), getattr(instance, name)) for name in children]
        return keyed, tuple(getattr(instance, name) for name in structure)

    def unflatten(static_values: tuple[Any, ...], values: Any) -> Any:
        instance = object.__new__(made)
        for name, value in zip(structure + children, [*static_values, *values], strict=True):
            object.__setattr__(instance, name, value)
        return instance

    jax.tree_util.register_pytree_with_keys(made, flatten, unflatten)
    return made


def static() -> Any:
    """A field of a `pytree_dataclass` that is part of the tree's structure."""
    return dataclasses.field(metadata={"static": True})
