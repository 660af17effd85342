"""What this machine has, what is kept where, and what would be slow."""

from __future__ import annotations

import importlib.util
import os
import platform
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import jax
import jax.numpy as jnp
import psutil

from experiments.compilation import FOLDER, keep_programs
from experiments.results.files import writable_directory
from experiments.results.provenance import provenance
from experiments.workers import as_many_as_fit
from scm.arguments import ArgumentError

SIDE = 1024
"""Rows of the matrices that are multiplied to tell the speed."""

SECONDS = 1.0
"""How long they are multiplied."""

QUICK = 24 * 60 * 97e9
"""Floating-point operations that a core could do in the time that the quick preset takes one: 24
minutes at 97 GFLOP/s. Much of it compiles, so that other machines are only told roughly."""

MEMORY = 3 * 2**30
"""Bytes that the quick preset may take."""

EXTRAS = {
    "cluster": "distributed",
    "encoders": "onnxruntime",
    "explore": "marimo",
    "parquet": "pyarrow",
}
"""What extras bring, by a module of each."""


@dataclass(frozen=True)
class Finding:
    """Something about this machine.

    Attributes:
        topic: what it is about.
        said: what is so.
        advice: what would be slow, or is missing, and what to do; empty where all is well.
        fatal: whether nothing can be computed as it is.
    """

    topic: str
    said: str
    advice: str = ""
    fatal: bool = False


def examine(directory: Path) -> Iterator[Finding]:
    """Look at this machine, a thing at a time; the speed test takes a second.

    Args:
        directory: where results would go.
    """
    made = provenance()
    commit = f", commit {made['commit'][:9]}" if made["commit"] else ""
    yield Finding("token-scm", f"{made['version']}{commit}, Python {platform.python_version()}")
    yield Finding("packages", ", ".join(f"{k} {v}" for k, v in made["packages"].items()))
    missing = [name for name, module in EXTRAS.items() if importlib.util.find_spec(module) is None]
    advice = f"pip install 'token-scm[{','.join(missing)}]' for the others" if missing else ""
    there = ", ".join(name for name in EXTRAS if name not in missing)
    yield Finding("extras", there or "none", advice)
    yield Finding("devices", ", ".join(made["devices"]), _of_devices())
    yield _memory()
    yield _load()
    yield _speed()
    yield _cache()
    yield _room(directory)


def _of_devices() -> str:
    """Whether there are accelerators that JAX does not use."""
    plugins = {one.metadata["Name"] for one in metadata.distributions()}
    seen = Path("/dev/nvidia0").exists() and jax.default_backend() == "cpu"
    if not seen or any(name and name.startswith("jax-cuda") for name in plugins):
        return ""
    return "there is a GPU that JAX does not see: pip install 'jax[cuda13]'"


def _memory() -> Finding:
    memory = psutil.virtual_memory()
    said = f"{memory.available / 2**30:.1f} of {memory.total / 2**30:.1f} GiB free"
    short = memory.available < MEMORY
    return Finding("memory", said, "the quick preset takes up to 2.5 GiB" if short else "")


def _load() -> Finding:
    cores, load = os.cpu_count() or 1, os.getloadavg()[0]
    busy = load > 0.5 * cores
    advice = "other processes are at work, so that times mean little" if busy else ""
    return Finding("cores", f"{cores}, {load:.1f} of them busy", advice)


def _speed() -> Finding:
    """Products of matrices, as fast as they come for a second."""
    matrix = jnp.ones((SIDE, SIDE))
    product = jax.jit(jnp.matmul)
    start = time.perf_counter()
    product(matrix, matrix).block_until_ready()
    compiled, done = time.perf_counter() - start, 0
    start = time.perf_counter()
    while time.perf_counter() - start < SECONDS:
        product(matrix, matrix).block_until_ready()
        done += 1
    rate = 2 * SIDE**3 * done / (time.perf_counter() - start)
    said = f"{rate / 1e9:.0f} GFLOP/s in products of matrices, {compiled:.2f} s to compile one"
    minutes = QUICK / rate / as_many_as_fit() / 60
    slow = f"tokenscm reproduce would take some {minutes:.0f} minutes" if minutes > 30 else ""
    return Finding("speed", said, slow)


def _cache() -> Finding:
    try:
        folder = keep_programs()
    except ArgumentError as error:
        return Finding("programs", "cannot be kept", str(error), fatal=True)
    if folder is None:
        advice = (
            f"every report compiles its programs again: unset {FOLDER}, or let it name a folder"
        )
        return Finding("programs", "are not kept", advice)
    files = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return Finding("programs", f"{len(files)} files, {sum(files) / 2**20:.0f} MiB, in {folder}")


def _room(directory: Path) -> Finding:
    there = next(path for path in (directory, *directory.absolute().parents) if path.exists())
    try:
        writable_directory("out", there)
    except ArgumentError as error:
        return Finding("results", "cannot be written", str(error), fatal=True)
    free = psutil.disk_usage(str(there)).free
    return Finding("results", f"can be written to {directory}, {free / 2**30:.0f} GiB free")
