"""Configs as JSON, and the hash that names what was made from one."""

from __future__ import annotations

import dataclasses
import hashlib
import importlib
import json
from typing import Any

import numpy as np

from scm.checks import ArgumentError


def encode(config: Any) -> Any:
    """A config as JSON values: a dataclass becomes its fields and, under ``type``, its name."""
    if dataclasses.is_dataclass(config) and not isinstance(config, type):
        fields = {f.name: encode(getattr(config, f.name)) for f in dataclasses.fields(config)}
        return {"type": f"{type(config).__module__}:{type(config).__qualname__}", **fields}
    if isinstance(config, (list, tuple)):
        return [encode(item) for item in config]
    if isinstance(config, dict):
        return {name: encode(item) for name, item in config.items()}
    if isinstance(config, np.generic):
        return config.item()
    if config is None or isinstance(config, (bool, int, float, str)):
        return config
    raise ArgumentError(f"config: expected dataclasses, tuples, numbers and text, got {config!r}")


def decode(value: Any) -> Any:
    """The config that `encode` made ``value`` from; sequences come back as tuples.

    Raises:
        ArgumentError: if a type is named that is no importable dataclass.
    """
    if isinstance(value, list):
        return tuple(decode(item) for item in value)
    if not isinstance(value, dict):
        return value
    fields = {name: decode(item) for name, item in value.items()}
    if "type" not in fields:
        return fields
    named = fields.pop("type")
    module, _, name = str(named).partition(":")
    try:
        config_type = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError):
        config_type = None
    if not (isinstance(config_type, type) and dataclasses.is_dataclass(config_type)):
        raise ArgumentError(f"type: expected an importable config dataclass, got {named!r}")
    try:
        return config_type(**fields)
    except TypeError as error:
        raise ArgumentError(f"{named}: expected its own settings, got {error}") from None


def config_hash(*parts: Any) -> str:
    """Sixteen hexadecimal digits that name the configs: of SHA-256 over their JSON."""
    text = json.dumps([encode(part) for part in parts], sort_keys=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def setting_names(config: Any) -> list[str]:
    """The settings of a config; none where it is a plain value."""
    if not dataclasses.is_dataclass(config):
        return []
    return [f.name for f in dataclasses.fields(config)]


def replace(config: Any, path: str, value: Any) -> Any:
    """``config`` with the setting at a dotted path replaced, e.g. ``world.law``.

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
