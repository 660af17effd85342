"""A notebook that is being served."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

COMMAND = "from experiments.cli import main; main()"

PATIENCE = 120.0
"""Seconds for what takes a few on an idle machine."""


@pytest.fixture
def serve(tmp_path):
    """A function from arguments of ``tokenscm explore`` to the address that it serves."""
    served = []

    def start(*arguments):
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
        command = [sys.executable, "-c", COMMAND, "explore", *arguments, "--headless"]
        process = subprocess.Popen(
            [*command, "--port", str(port)],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        served.append(process)
        address = f"http://127.0.0.1:{port}"
        end = time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < end:
            try:
                urllib.request.urlopen(address, timeout=5).close()
            except OSError:
                time.sleep(0.2)
            else:
                return address
        process.kill()
        pytest.fail(f"nothing is served: {process.communicate()[0]}")

    yield start
    for process in served:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)
