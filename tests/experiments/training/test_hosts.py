"""Two processes with two devices each train as one device does; who is missed is named."""

from __future__ import annotations

import dataclasses
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest

from experiments.configs.encoding import encode
from experiments.results.units import Units
from experiments.training.config import Start
from experiments.training.hosts import Hosts
from experiments.training.run import Run, finish, load
from scm.arguments import ArgumentError
from tests.experiments.conftest import TINY

ROUNDING = 2e-6
"""Losses of some 4 nats in float32 after 20 steps, whose batches are summed in another order: each
step moves parameters by less than 0.1 and its gradient errs by some 1e-7 of its size."""

# Trains a run, and one that starts at its end, as the process of a rank.
SCRIPT = """
import json, sys
from pathlib import Path
from experiments.configs.encoding import decode
from experiments.results.units import Units
from experiments.training.hosts import Hosts, follow, follows, leading
from experiments.training.run import Run, finish, lineage, train_along
given = json.loads(input())
Hosts(given["coordinator"], given["rank"], 2, given["patience"]).join()
import jax
assert len(jax.devices()) == 4
run = Run(decode(given["config"]), (0, 1))
if follows():
    follow({one.key: one for one in lineage(run)}, train_along)
else:
    with leading():
        finish(run, Units.create(Path(given["folder"])))
"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def started(config, folder, coordinator, rank, patience=60):
    given = {"config": encode(config), "folder": str(folder), "coordinator": coordinator}
    given |= {"rank": rank, "patience": patience}
    environment = {"PYTHONPATH": str(Path(__file__).parents[3]), "JAX_NUM_CPU_DEVICES": "2"}
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(given) + "\n")
    process.stdin.flush()
    return process


def outputs_of(processes):
    """What they print until they end; none goes on after this."""
    try:
        return [process.communicate(timeout=120)[0] for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def test_two_processes_train_as_one_device(tmp_path):
    config = dataclasses.replace(TINY, start=Start(TINY))
    coordinator = f"127.0.0.1:{free_port()}"
    folders = [tmp_path / "first", tmp_path / "second"]
    processes = [started(config, folders[rank], coordinator, rank) for rank in (0, 1)]
    outputs = outputs_of(processes)
    assert [process.returncode for process in processes] == [0, 0], outputs
    assert not folders[1].exists()
    for wanted in (TINY, config):
        run = Run(wanted, (0, 1))
        alone = finish(run, Units.create(tmp_path / "alone"))
        found = load(folders[0], run.key)
        np.testing.assert_allclose(
            found.trained.losses, alone.trained.losses, rtol=0, atol=ROUNDING
        )


@pytest.mark.parametrize(
    ("rank", "missing"),
    [
        (0, "count: expected 2 processes at {}, got none of rank 1 in time"),
        (1, "coordinator: expected the process of rank 0 at {} and those of all other ranks, got"),
    ],
)
def test_who_is_missed_is_named(rank, missing):
    coordinator = f"127.0.0.1:{free_port()}"
    with pytest.raises(ArgumentError) as caught:
        Hosts(coordinator, rank, 2, patience=0.5).join()
    assert str(caught.value).startswith(missing.format(coordinator))
    assert "\n" not in str(caught.value)


def test_an_address_in_use_is_refused():
    with socket.create_server(("127.0.0.1", 0)) as server:
        coordinator = f"127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(ArgumentError, match="address of this host that is free"):
            Hosts(coordinator, 0, 2, patience=0.5).join()


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (("127.0.0.1:80", None, 2), "coordinator"),
        (("127.0.0.1", 0, 2), "coordinator"),
        (("127.0.0.1:65536", 0, 2), "coordinator"),
        ((None, 0, None), "coordinator"),
        (("127.0.0.1:80", 2, 2), "rank"),
        (("127.0.0.1:80", -1, 2), "rank"),
        (("127.0.0.1:80", 0, 0), "count"),
    ],
)
def test_what_does_not_name_all_processes_is_refused(given, name):
    with pytest.raises(ArgumentError, match=f"^{name}: expected "):
        Hosts(*given)


def test_whoever_joins_too_late_is_told():
    jnp.ones(1)
    with pytest.raises(ArgumentError, match="distributed: expected processes that join once"):
        Hosts().join()


ALONE = """
from experiments.training.hosts import Hosts
from scm.arguments import ArgumentError
try:
    Hosts().join()
except ArgumentError as error:
    print(error)
"""


def test_nothing_to_ask_is_said():
    """Outside Slurm, MPI and TPU pods nobody tells where the processes are."""
    done = subprocess.run(
        [sys.executable, "-c", ALONE],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("distributed: expected Slurm, MPI or a TPU pod")
    assert done.stdout.count("\n") == 1
