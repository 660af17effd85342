"""Checks of types and shapes at every call of our functions, as cheap as they get."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import typing
from collections.abc import Callable
from typing import Any

import jaxtyping
from beartype import beartype

_jaxtyped = jaxtyping.jaxtyped


def install(packages: list[str]) -> None:
    """Have every function and dataclass of some packages check what it gets and returns.

    As jaxtyping's import hook does it, but for `checked`, which is what it decorates with.

    Args:
        packages: names of packages none of which is imported yet.
    """
    jaxtyping.install_import_hook(packages, "beartype.beartype")
    jaxtyping.jaxtyped = lambda *, typechecker: functools.partial(checked, by=typechecker)


def checked(decorated: Any, by: Callable[..., Any] = beartype) -> Any:
    """A function or dataclass that checks arguments and result, shapes among them.

    `jaxtyping.jaxtyped` binds arguments to the signature and checks them twice a call, to tell in
    its error an argument from a result. Once is enough to find an error, and takes less time.

    Args:
        decorated: what the import hook decorates; no class but a dataclass is changed.
        by: checks types.
    """
    if inspect.isclass(decorated):
        if dataclasses.is_dataclass(decorated) and "__init__" in vars(decorated):
            decorated.__init__ = _checked_fields(decorated, by)
        return decorated
    hints = _hints(decorated)
    if inspect.isgeneratorfunction(decorated) or hints is None:
        # A generator would check its arguments when it is first asked for something, among other
        # sizes; and what names a type that there is not yet is checked but for that.
        return _jaxtyped(decorated, typechecker=by)
    within = by(decorated)
    if within is decorated:
        return decorated
    shaped = _has_shapes(list(hints.values()))

    @functools.wraps(decorated)
    def call(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        if jaxtyping.config.jaxtyping_disable:
            return decorated(*args, **kwargs)
        # What has no shapes among its types needs no place to remember them by.
        if not shaped:
            return within(*args, **kwargs)
        with _jaxtyped("context"):
            return within(*args, **kwargs)

    return call


def _has_shapes(hint: Any) -> bool:
    """Whether a type, or one of those in it, says what shape an array has."""
    if isinstance(hint, type) and issubclass(hint, jaxtyping.AbstractArray):
        return True
    return any(map(_has_shapes, hint if isinstance(hint, list) else typing.get_args(hint)))


def _checked_fields(decorated: type, by: Callable[..., Any]) -> Callable[..., None]:
    """What makes an instance of a dataclass, and checks its fields, also those of its bases."""
    made: Any = decorated.__init__
    if (hints := _hints(decorated)) is not None:
        made.__annotations__ |= {name: hints[name] for name in made.__annotations__.keys() & hints}
    return checked(made, by)


def _hints(annotated: Any) -> dict[str, Any] | None:
    """The types in annotations; None if they name one that there is not, or not yet."""
    try:
        return typing.get_type_hints(annotated, include_extras=True)
    except NameError:
        return None
