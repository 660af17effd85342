"""Processes share a machine by cores and memory, and no bit depends on how many there are."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from experiments.workers import WORKER, as_many_as_fit, cores_a_process
from scm.arguments import ArgumentError

ROOT = Path(__file__).parents[2]

TRAINS = """
import hashlib, os
cores = sorted(os.sched_getaffinity(0))[:{cores}]
os.sched_setaffinity(0, cores)
from experiments import TrainingConfig, train
from experiments.encoders import MLPConfig
losses = hashlib.sha256()
for width in (48, 64):
    encoder = MLPConfig((width, width), output="cube")
    config = TrainingConfig(image_encoder=encoder, text_encoder=encoder, steps=3)
    for together in (False, True):
        losses.update(train(config, (0, 1), together=together).losses.tobytes())
print(os.environ["NPROC"], losses.hexdigest())
"""


@pytest.fixture
def machine(monkeypatch):
    """A function that sets what this machine has: cores, free bytes, kind of device."""

    def have(cores, free, backend="cpu"):
        monkeypatch.setattr(psutil, "LINUX", False)
        monkeypatch.setattr(psutil, "cpu_count", lambda: cores)
        monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=free))
        monkeypatch.setattr("jax.default_backend", lambda: backend)

    return have


@pytest.mark.parametrize(
    ("cores", "free", "backend", "each", "processes"),
    [
        (2, 16 * WORKER, "cpu", "1", 2),
        (16, 100 * WORKER, "cpu", "1", 16),
        (16, 100 * WORKER, "cpu", "4", 4),
        (16, 3 * WORKER + 1, "cpu", "1", 3),
        (16, 0, "cpu", "1", 1),
        (1, 16 * WORKER, "cpu", "8", 1),
        # Not known how many.
        (None, 16 * WORKER, "cpu", "1", 1),
        (16, 100 * WORKER, "gpu", "1", 1),
    ],
)
def test_processes_fit(machine, monkeypatch, cores, free, backend, each, processes):
    monkeypatch.setenv("NPROC", each)
    machine(cores, free, backend)
    assert as_many_as_fit() == processes


@pytest.mark.skipif(not psutil.LINUX, reason="elsewhere no process is kept from cores")
def test_cores_are_those_that_this_process_may_use():
    assert 1 <= as_many_as_fit() <= len(os.sched_getaffinity(0))


@pytest.mark.parametrize("said", ["", "0", "-1", "two", "1.5"])
def test_a_number_of_cores_that_is_none_is_one_sentence(monkeypatch, said):
    monkeypatch.setenv("NPROC", said)
    with pytest.raises(ArgumentError, match=r"^NPROC: expected a number of cores, at least 1"):
        cores_a_process()


@pytest.mark.parametrize("said", [None, "3"])
@pytest.mark.parametrize("name", ["NPROC", "OPENBLAS_NUM_THREADS"])
def test_one_core_a_process_unless_somebody_says_otherwise(name, said):
    environment = {other: value for other, value in os.environ.items() if other != name}
    if said is not None:
        environment[name] = said
    program = f"import os, experiments; print(os.environ['{name}'])"
    assert _printed(program, environment) == (said or "1")


@pytest.mark.skipif(
    not psutil.LINUX or len(os.sched_getaffinity(0)) < 2, reason="one core is there at all"
)
def test_bits_do_not_depend_on_the_number_of_cores():
    environment = {name: value for name, value in os.environ.items() if name != "NPROC"}
    one, two = (_printed(TRAINS.format(cores=count), environment) for count in (1, 2))
    assert one == two
    # The control: two cores that share a matmul round it otherwise, in some of these programs.
    assert _printed(TRAINS.format(cores=2), environment | {"NPROC": "2"}).split()[1] not in one


def _printed(program, environment):
    return subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        cwd=ROOT,
        env=environment,
        text=True,
    ).stdout.strip()
