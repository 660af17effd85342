"""What computed a number: version, commit, packages, devices."""

from __future__ import annotations

import platform
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import jax

import scm
from experiments.configs.source import PACKAGES
from scm.version import VERSION

ROOT = Path(scm.__file__).resolve().parents[1]
"""The folder that holds the packages."""

LIBRARIES = ("jax", "jaxlib", "flax", "optax", "orbax-checkpoint", "numpy", "scipy")


@cache
def provenance() -> dict[str, Any]:
    """What this process computes with, as it was when first asked for.

    Returns:
        ``version``; ``commit`` and whether what it holds of the packages was changed since,
        ``dirty``, both None unless the packages belong to a checkout of this project; ``python``,
        ``packages`` and ``devices``.
    """
    commit, dirty = checkout(ROOT)
    return {
        "version": VERSION,
        "commit": commit,
        "dirty": dirty,
        "python": platform.python_version(),
        "packages": {library: metadata.version(library) for library in LIBRARIES},
        "devices": [f"{device.platform} {device.device_kind}" for device in jax.devices()],
    }


def checkout(root: Path) -> tuple[str | None, bool | None]:
    """The commit of a checkout of this project, and whether its packages differ from it.

    Args:
        root: the folder that holds the packages.

    Returns:
        None twice if ``root`` is no such checkout: an installed copy, though it may lie in the
        checkout of another project.
    """
    try:
        project = tomllib.loads((root / "pyproject.toml").read_text())["project"]["name"]
    except (OSError, ValueError, KeyError):
        return None, None
    top = _git(root, "rev-parse", "--show-toplevel")
    tracked = _git(root, "ls-files", "--error-unmatch", "scm/version.py")
    commit = _git(root, "rev-parse", "HEAD")
    ours = project == "token-scm" and top is not None and Path(top).resolve() == root.resolve()
    if not ours or tracked is None or commit is None:
        return None, None
    return commit, _git(root, "status", "--porcelain", "--", "pyproject.toml", *PACKAGES) != ""


def _git(root: Path, *arguments: str) -> str | None:
    """What a git command prints; None if it fails."""
    git = shutil.which("git")
    if git is None:
        return None
    command = [git, "-C", str(root), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


def manifest(
    preset: str,
    only: Sequence[str],
    units: Sequence[dict[str, Any]],
    missing: Sequence[str] = (),
    compiled: Mapping[str, int | float] | None = None,
) -> dict[str, Any]:
    """What a report was made by: the command, this process, and what made each of its units.

    Args:
        preset: of the report.
        only: the claims that it was restricted to.
        units: see `experiments.results.units.Units.provenances`.
        missing: studies that are asked for and not written yet.
        compiled: number of programs that this command compiled so far, and what else is known.
    """
    return {
        "command": shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]),
        "preset": preset,
        "only": list(only),
        "missing": list(missing),
        "compiled": dict(compiled or {}),
        **provenance(),
        "units": list(units),
    }
