"""Break each construction and formula in turn, and name the test that notices.

    python -m tests.mutants [WORD ...]

Words choose the mutants whose names hold one of them. First all their tests run as they are. Each
mutant has a process of its own, forked from one that has imported the libraries but none of ours.
The exit code is 0 if all are caught.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import NamedTuple

import hypothesis
import pytest

from tests.mutants.catalogue import MUTANTS
from tests.mutants.mutant import Mutant

LIBRARIES = ("flax.nnx", "matplotlib.pyplot", "optax", "scipy.stats", "sklearn.kernel_ridge")
"""What tests import besides; imported once, before any process is forked."""

OPTIONS = (
    *("-qx", "-p", "no:cacheprovider", "--numprocesses=0"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
)
"""Of pytest, in the process that the mutant is in. Its plugin hypothesis has been imported before
it can rewrite its assertions."""

LIMIT = 120
"""Seconds that a mutant may take; one that takes longer is not caught."""


AT_ONCE = 2
"""Mutants that are tested at one time."""


class _Running(NamedTuple):
    """A mutant under test."""

    mutant: Mutant
    process: BaseProcess
    results: Connection


class _Recorder:
    """Notes which tests fail."""

    def __init__(self) -> None:
        self.failed: list[str] = []

    def pytest_collection(self) -> None:
        # After conftest's profile and before any test: the first failure will do.
        phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
        hypothesis.settings.register_profile("mutants", hypothesis.settings(), phases=phases)
        hypothesis.settings.load_profile("mutants")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid.rpartition("/")[2])


def _run(tests: Sequence[str]) -> tuple[int, list[str]]:
    """Run tests up to the first failure: pytest's exit code, and what failed."""
    os.environ["CI"] = "1"
    recorder = _Recorder()
    code = pytest.main([*OPTIONS, *tests], plugins=[recorder])
    return int(code), recorder.failed


def _test_mutant(mutant: Mutant, results: Connection) -> None:
    silence = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(silence, stream)
    imported = mutant.plant()
    code, failed = _run(mutant.tests)
    results.send(failed if code == pytest.ExitCode.TESTS_FAILED and imported else [])


def _start(mutant: Mutant) -> _Running:
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_test_mutant, args=(mutant, sender))
    process.start()
    sender.close()
    return _Running(mutant, process, receiver)


def _first_failure(running: _Running) -> str | None:
    """The first test that notices a mutant."""
    _, process, receiver = running
    try:
        failed = receiver.recv() if receiver.poll(LIMIT) else []
    except EOFError:
        failed = []
    process.kill()
    process.join()
    return next(iter(failed), None)


def _results(mutants: Sequence[Mutant]) -> Iterator[tuple[Mutant, str | None]]:
    """The mutants, each with the first test that notices it."""
    waiting, running = deque(mutants), deque()
    while waiting or running:
        while waiting and len(running) < AT_ONCE:
            running.append(_start(waiting.popleft()))
        first = running.popleft()
        yield first.mutant, _first_failure(first)


def _tests_pass(mutants: Sequence[Mutant]) -> bool:
    tests = sorted({test for mutant in mutants for test in mutant.tests})
    context = multiprocessing.get_context("fork")
    process = context.Process(target=lambda: sys.exit(_run(tests)[0]))
    process.start()
    process.join()
    return process.exitcode == 0


def main(words: Sequence[str]) -> int:
    """Test the mutants whose names hold one of some words, all if there are none."""
    chosen = [m for m in MUTANTS if not words or any(word in m.name for word in words)]
    begin = time.perf_counter()
    for library in LIBRARIES:
        importlib.import_module(library)
    if not chosen or not _tests_pass(chosen):
        print("No mutants, or their tests fail without them.")
        return 2
    caught = 0
    for mutant, test in _results(chosen):
        caught += test is not None
        print(f"{mutant.name:57}", f"caught by {test}" if test else "NOT CAUGHT", flush=True)
    print(f"{caught} of {len(chosen)} mutants caught in {time.perf_counter() - begin:.0f} s")
    return int(caught < len(chosen))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
