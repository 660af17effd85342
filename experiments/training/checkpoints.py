"""Arrays of a run on disk, in checkpoints that their units name and vouch for."""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jax
import numpy as np

from scm.arguments import ArgumentError

if TYPE_CHECKING:
    import orbax.checkpoint as ocp

ABANDONED = 3600.0
"""Age in seconds from which a checkpoint that no unit names is nobody's; writing takes seconds."""

Tree = Mapping[str, Mapping[str, Any]]
"""Arrays under two names."""


def write(directory: Path, stem: str, tree: Tree) -> dict[str, str]:
    """Write a checkpoint under a name of its own, since another process may write the same now.

    Args:
        directory: where.
        stem: how its name begins.
        tree: what is written.

    Returns:
        What `whole` and `read` ask for; a unit that holds it says which checkpoint counts.
    """
    name = f"{stem}-{secrets.token_hex(4)}.checkpoint"
    with _checkpointer() as checkpointer:
        checkpointer.save(directory.resolve() / name, jax.tree.map(np.asarray, dict(tree)))
    return {"name": name, "sha256": _digest(directory / name)}


def whole(directory: Path, record: Mapping[str, str], unit: Path) -> Path:
    """The folder of a checkpoint, once it is sure that it is undamaged.

    Args:
        directory: where it is.
        record: what `write` returned.
        unit: the file that holds the record.

    Raises:
        ArgumentError: if the checkpoint is damaged or not there.
    """
    path = directory.resolve() / record["name"]
    if _digest(path) != record["sha256"]:
        raise ArgumentError(
            f"{path}: expected the arrays of {unit.name}, got a truncated or foreign checkpoint; "
            f"delete {unit}"
        )
    return path


def read(path: Path, like: Tree) -> dict[str, dict[str, Any]]:
    """The arrays of a checkpoint.

    Orbax leaves reads in flight when one of them fails: ask `whole` for the path.

    Args:
        path: the folder.
        like: arrays, or shapes and dtypes, under the names to be read.
    """
    template = jax.tree.map(lambda leaf: jax.ShapeDtypeStruct(leaf.shape, leaf.dtype), dict(like))
    with _checkpointer() as checkpointer:
        return checkpointer.restore(path, template)


def remove(path: Path) -> None:
    """Remove a checkpoint, where it is there.

    Args:
        path: the folder.
    """
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(path)


def remove_abandoned(directory: Path, stem: str, kept: str | None) -> None:
    """Remove what no unit names: checkpoints of killed processes, and what was replaced.

    Args:
        directory: where they are.
        stem: how their names begin.
        kept: the name of the one that counts, if any.
    """
    for path in directory.glob(f"{stem}-*.checkpoint*"):
        with contextlib.suppress(FileNotFoundError):
            if path.name != kept and time.time() - path.stat().st_mtime > ABANDONED:
                shutil.rmtree(path)


def _checkpointer() -> ocp.StandardCheckpointer:
    """Orbax, which is not to wait for processes that follow: they neither read nor write.

    It is imported here: most commands save nothing, and start sooner without.
    """
    import orbax.checkpoint as ocp

    here = jax.process_index()
    alone = ocp.options.MultiprocessingOptions(
        primary_host=here, active_processes={here}, barrier_sync_key_prefix=str(here)
    )
    return ocp.StandardCheckpointer(multiprocessing_options=alone)


def _digest(checkpoint: Path) -> str:
    """SHA-256 of the names and contents of all files of a checkpoint."""
    digest = hashlib.sha256()
    for path in sorted(checkpoint.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            digest.update(f"{path.relative_to(checkpoint)} {len(content)}\n".encode())
            digest.update(content)
    return digest.hexdigest()
