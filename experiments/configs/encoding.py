"""Configs as JSON, and the hash that names what was made from one."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import numbers
from typing import Any

import numpy as np

from experiments.configs.settings import setting_names
from experiments.configs.source import is_ours, source_of
from scm.arguments import ArgumentError
from scm.registry import ConfigRegistry


def identity(cls: type) -> dict[str, Any]:
    """What tells a class from others, whatever module it stands in.

    A class of ours is told by its registered name and version. A user's, registered or not, is
    told by its own name and by its source as well, see `experiments.configs.source.source_of`.

    Raises:
        ArgumentError: if a class of ours is not registered, or a user's has no source.
    """
    known = {entry: (name, version) for name, entry, version in ConfigRegistry.named()}
    name, version = known.get(cls, (None, 1))
    if not is_ours(cls.__module__):
        source = hashlib.sha256(source_of(cls).encode()).hexdigest()[:16]
        return {"type": cls.__qualname__, "version": version, "source": source}
    if name is None:
        raise ArgumentError(f"config: expected a registered class, got {cls.__qualname__}")
    return {"type": name, "version": version, "source": None}


def plain(config: Any) -> Any:
    """``config`` with numbers of numpy, or of any other kind, as Python's, and lists as tuples.

    Raises:
        ArgumentError: if it holds anything but dataclasses, sequences, mappings, numbers and text.
    """
    if dataclasses.is_dataclass(config) and not isinstance(config, type):
        found = {name: getattr(config, name) for name in setting_names(config)}
        made = {name: plain(value) for name, value in found.items()}
        same = all(made[name] is value for name, value in found.items())
        return config if same else type(config)(**made)
    if isinstance(config, tuple) and all(plain(item) is item for item in config):
        return config
    if isinstance(config, (list, tuple)):
        return tuple(plain(item) for item in config)
    if isinstance(config, dict):
        return {name: plain(item) for name, item in config.items()}
    if config is None or type(config) in (bool, int, float, str):
        return config
    if isinstance(config, np.bool_):
        return bool(config)
    if isinstance(config, numbers.Integral):
        return int(config)
    if isinstance(config, numbers.Real):
        return float(config)
    if isinstance(config, str):
        return str(config)
    raise ArgumentError(f"config: expected dataclasses, tuples, numbers and text, got {config!r}")


def encode(config: Any) -> Any:
    """A config as JSON values: a dataclass becomes its `identity` and its ``settings``.

    Raises:
        ArgumentError: as of `plain` and `identity`.
    """
    if dataclasses.is_dataclass(config) and not isinstance(config, type):
        settings = {name: encode(getattr(config, name)) for name in setting_names(config)}
        return identity(type(config)) | {"settings": settings}
    if isinstance(config, (list, tuple)):
        return [encode(item) for item in config]
    if isinstance(config, dict):
        return {name: encode(item) for name, item in config.items()}
    return plain(config)


def decode(value: Any) -> Any:
    """The config that `encode` made ``value`` from; sequences come back as tuples.

    Nothing is imported: a class is found among those that are registered.

    Raises:
        ArgumentError: if a class is not registered, or is not what it was.
    """
    if isinstance(value, list):
        return tuple(decode(item) for item in value)
    if not isinstance(value, dict):
        return value
    if value.keys() != {"type", "version", "source", "settings"}:
        return {name: decode(item) for name, item in value.items()}
    config_type = _registered(value)
    try:
        return config_type(**decode(value["settings"]))
    except TypeError as error:
        raise ArgumentError(f"{value['type']}: expected its own settings, got {error}") from None


def _registered(value: dict[str, Any]) -> type:
    """The registered class of that `identity`."""
    wanted = {name: value[name] for name in ("type", "version", "source")}
    name, is_user = wanted["type"], wanted["source"] is not None
    named = [
        entry
        for full_name, entry, _ in ConfigRegistry.named()
        if is_ours(entry.__module__) != is_user
        and name == (entry.__qualname__ if is_user else full_name)
    ]
    for entry in named:
        if identity(entry) == wanted:
            return entry
    if named:
        raise ArgumentError(
            f"type: expected {name} as it was when this was stored, got another version or source "
            "of it"
        )
    expected = f'one registered by CONFIGS.register("name", {name})' if is_user else "one of ours"
    raise ArgumentError(f"type: expected a config class, {expected}, got {name!r}")


def config_hash(*parts: Any) -> str:
    """Sixteen hexadecimal digits that name the configs: of SHA-256 over their JSON."""
    text = json.dumps([encode(part) for part in parts], sort_keys=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
