"""From ``module:function`` to what it names."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

from scm.arguments import ArgumentError, require


def load_encoder(argument: str, name: str) -> Callable[..., Any]:
    """The callable that a user names; a module beside where the command is run is found first.

    Args:
        argument: what it is called in errors.
        name: a module and what stands in it, ``package.module:function`` or
            ``module:object.method``.

    Raises:
        ArgumentError: if it is no such name, or the module cannot be imported, or holds no such
            callable.
    """
    module, colon, path = name.partition(":")
    is_name = all(part.isidentifier() for part in [*module.split("."), *path.split(".")])
    require(bool(colon) and is_name, argument, "MODULE:FUNCTION", name)
    if (here := str(Path.cwd())) not in sys.path:
        # As `python -m` has it.
        sys.path.insert(0, here)
    try:
        found = reduce(getattr, path.split("."), _imported(argument, module))
    except AttributeError as error:
        raise ArgumentError(
            f"{argument}: expected a function {path} in the module {module}, got none "
            f"({one_line(error)})"
        ) from None
    require(callable(found), argument, f"{name} to be a function", type(found).__name__)
    return found


def _imported(argument: str, module: str) -> Any:
    """The module; whatever its code raises is said in one sentence."""
    try:
        return importlib.import_module(module)
    except ArgumentError:
        raise
    except (Exception, SystemExit) as error:
        raise ArgumentError(
            f"{argument}: expected a module {module} that can be imported, got "
            f"{type(error).__name__} ({one_line(error)})"
        ) from error


def one_line(error: BaseException) -> str:
    """What an error says, in one line of at most 200 letters.

    Args:
        error: raised by a user's code, its text may be anything.
    """
    return " ".join(str(error).split())[:200]
