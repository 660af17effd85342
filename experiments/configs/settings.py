"""Settings of a config by their dotted names."""

from __future__ import annotations

import dataclasses
from typing import Any

from scm.arguments import ArgumentError


def setting_names(config: Any) -> list[str]:
    """The settings of a config; none where it is a plain value."""
    if not dataclasses.is_dataclass(config):
        return []
    return [f.name for f in dataclasses.fields(config)]


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
    if name not in known:
        expected = f"one of {', '.join(known)}" if known else "no further name"
        raise ArgumentError(f"{path}: expected {expected}, got {name!r}")
    settings = {known_name: getattr(config, known_name) for known_name in known}
    settings[name] = replace(settings[name], rest, value) if rest else value
    return type(config)(**settings)
