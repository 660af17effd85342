"""Settings of a config by their dotted names."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from scm.arguments import require, require_choice


def setting_names(config: Any) -> list[str]:
    """The settings of a config; none where it is a plain value."""
    if not dataclasses.is_dataclass(config):
        return []
    return [f.name for f in dataclasses.fields(config)]


def require_setting(argument: str, name: str, known: Sequence[str]) -> None:
    """Check that a name is that of a setting.

    Args:
        argument: what it is part of.
        name: what a user gave.
        known: names of the settings that there are.

    Raises:
        ArgumentError: if it is none of them.
    """
    require(len(known) > 0, argument, "no further name", name)
    require_choice(argument, name, known)


def replace(config: Any, path: str, value: Any) -> Any:
    """``config`` with the setting at a dotted path replaced, e.g. ``world.law``.

    Args:
        config: a dataclass, whose settings may be dataclasses in turn.
        path: names of settings with dots between, each of what the one before it names.
        value: what the setting becomes.

    Raises:
        ArgumentError: if the path names no setting.
    """
    name, _, rest = path.partition(".")
    known = setting_names(config)
    require_setting(path, name, known)
    settings = {known_name: getattr(config, known_name) for known_name in known}
    settings[name] = replace(settings[name], rest, value) if rest else value
    return type(config)(**settings)
