"""Parts of what is trained: which of them start at another training's end, and which are frozen."""

from __future__ import annotations

from typing import Any, Literal, get_args

import jax
from flax import nnx

from experiments.encoders import AroundTextEncoder, DualEncoder
from scm.arguments import ArgumentError, require, require_choice

Part = Literal["image", "text", "text.inner", "temperature"]
"""``text.inner`` is what a text encoder is around, where it is around one; ``temperature`` is log
tau, and the bias of logits where the objective has one."""

WHOLE: tuple[Part, ...] = ("image", "text", "temperature")
"""All of it."""

_PLACES: dict[str, tuple[tuple[str, ...], ...]] = {
    "image": (("image",),),
    "text": (("text",),),
    "text.inner": (("text", "inner"),),
    "temperature": (("log_temperature",), ("bias",)),
}
"""Where the parameters of each part stand in a `DualEncoder`."""


def require_parts(argument: str, parts: tuple[Part, ...], text_encoder: object) -> None:
    """Refuse parts that there are not, or one twice.

    Args:
        argument: what they are called.
        parts: their names.
        text_encoder: the config of the text encoder that they are parts of.

    Raises:
        ArgumentError: if a name is unknown or there twice, or the encoder is around none.
    """
    for part in parts:
        require_choice(argument, part, get_args(Part))
    require(len(set(parts)) == len(parts), argument, "each part once", parts)
    if "text.inner" in parts:
        within = isinstance(text_encoder, AroundTextEncoder)
        require(within, argument, "parts that there are, none in an encoder around none", parts)
        require("text" not in parts, argument, "text or text.inner, not both", parts)


def is_part(path: tuple[Any, ...], parts: tuple[Part, ...]) -> bool:
    """Whether a parameter belongs to one of some parts.

    Args:
        path: names of modules and of the parameter, from the outermost.
        parts: some parts.
    """
    names = tuple(str(getattr(step, "key", step)) for step in path)
    return any(names[: len(place)] == place for part in parts for place in _PLACES[part])


def frozen(parameters: Any, parts: tuple[Part, ...]) -> Any:
    """The same parameters, of which those of some parts have no gradient.

    Args:
        parameters: of a `DualEncoder`, as a tree of arrays.
        parts: those that are not trained.
    """
    return jax.tree_util.tree_map_with_path(
        lambda path, leaf: jax.lax.stop_gradient(leaf) if is_part(path, parts) else leaf,
        parameters,
    )


def moved(parameters: Any, change: Any, parts: tuple[Part, ...]) -> Any:
    """Parameters after a step, but for those of some parts, which stay as they are bit for bit.

    Args:
        parameters: of a `DualEncoder`, as a tree of arrays.
        change: what is added, a tree likewise.
        parts: those that are not trained.
    """
    return jax.tree_util.tree_map_with_path(
        lambda path, old, by: old if is_part(path, parts) else old + by, parameters, change
    )


def start_from(encoders: DualEncoder, ended: DualEncoder, parts: tuple[Part, ...]) -> None:
    """Set some parts to those of other encoders, in place; ``text.inner`` to all of their text.

    Args:
        encoders: freshly initialised, or their shapes.
        ended: what is taken over, or its shapes.
        parts: which.

    Raises:
        ArgumentError: if a part of the others has not the same parameters in the same shapes.
    """
    flat = dict(nnx.to_flat_state(nnx.state(encoders)))
    for part in parts:
        for place in _PLACES[part]:
            theirs = place[:1] if part == "text.inner" else place
            own, taken = _below(encoders, place), _below(ended, theirs)
            if (unlike := _unlike(own, taken)) is not None:
                raise ArgumentError(
                    f"start: expected {part} as in the training that it starts from, got {unlike}"
                )
            for path, leaf in taken.items():
                flat[place + path] = flat[place + path].replace(leaf)
    nnx.update(encoders, nnx.from_flat_state(flat.items()))


def _below(encoders: DualEncoder, place: tuple[str, ...]) -> dict[tuple[Any, ...], Any]:
    """The values of a place's parameters by the rest of their paths."""
    return {
        path[len(place) :]: leaf.get_value()
        for path, leaf in nnx.to_flat_state(nnx.state(encoders))
        if path[: len(place)] == place
    }


def _unlike(own: dict[tuple[Any, ...], Any], taken: dict[tuple[Any, ...], Any]) -> str | None:
    """The first parameter that is not there in both with one shape, in words."""
    for path in sorted(own.keys() | taken.keys(), key=str):
        here, there = (tuple(of[path].shape) if path in of else None for of in (own, taken))
        if here != there:
            name = ".".join(map(str, path)) or "a parameter"
            return f"{name} of shape {here} in place of {there}"
    return None
