"""Programs are counted, and found again by the next process."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import psutil
import pytest

from experiments.compilation import FOLDER, Compilations, compilations, keep_programs
from experiments.forgetting import GROWTH, drop_programs
from scm.arguments import ArgumentError

SCRIPT = """
import json
from experiments.compilation import compilations, keep_programs
folder = keep_programs()
import jax, jax.numpy as jnp
values = jax.jit(lambda x: jnp.sin(x) @ x)(jnp.full((3, 3), 0.5))
done = compilations()
print(json.dumps([str(folder), done.programs, done.found, done.seconds, values.tolist()]))
"""


def compiled(folder):
    # As a user has it, not with the folder that tests share.
    kept = {name: value for name, value in os.environ.items() if "COMPILATION_CACHE" not in name}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**kept, "PYTHONPATH": str(Path(__file__).parents[2]), FOLDER: str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return json.loads(done.stdout)


def test_the_next_process_finds_what_one_has_compiled(tmp_path):
    cold, warm = (compiled(tmp_path / "programs") for _ in range(2))
    assert cold[0] == warm[0] == str(tmp_path / "programs")
    assert cold[1] == warm[1] > 0
    assert (cold[2], warm[2]) == (0, warm[1])
    assert cold[3] > 0
    assert cold[4] == warm[4]


def test_an_empty_name_keeps_nothing():
    folder, _, found, *_ = compiled("")
    assert (folder, found) == ("None", 0)


def test_a_folder_that_cannot_be_written_to_is_refused(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv(FOLDER, str(tmp_path / "file" / "programs"))
    with pytest.raises(ArgumentError, match=f"^{FOLDER}: expected "):
        keep_programs()
    assert str(tmp_path) not in str(jax.config.values["jax_compilation_cache_dir"])


def test_each_program_counts_once():
    f, one, two = jax.jit(lambda x: 2 * x + 1), jnp.ones(37), jnp.ones(38)
    before = compilations()
    for _ in range(2):
        f(one)
    assert (compilations() - before).programs == 1
    f(two)
    assert (compilations() - before).programs == 2
    assert (compilations() - before).seconds > 0


def test_counts_add_up():
    some, more = Compilations(3, 1, 0.5), Compilations(2, 2, 0.25)
    assert some + more == Compilations(5, 3, 0.75)
    assert some + more - more == some


@pytest.mark.parametrize(("room", "times"), [(float("inf"), 1), (0.0, 2)])
def test_programs_are_forgotten_where_they_take_too_much(monkeypatch, room, times):
    monkeypatch.setattr("experiments.forgetting.PROGRAMS", room)
    monkeypatch.setattr("experiments.forgetting._left", 0)
    traced = []

    @jax.jit
    def twice(x):
        traced.append(x)
        return 2 * x

    # Not those of all other tests.
    monkeypatch.setattr(jax, "clear_caches", getattr(twice, "clear_cache"))  # noqa: B009
    twice(1.0)
    drop_programs()
    assert twice(1.0) == 2.0
    assert len(traced) == times


def test_programs_are_forgotten_again_once_what_was_freed_is_used(monkeypatch):
    forgotten = []
    monkeypatch.setattr("experiments.forgetting.PROGRAMS", 2 * GROWTH)
    monkeypatch.setattr("experiments.forgetting._left", 0)
    monkeypatch.setattr(jax, "clear_caches", lambda: forgotten.append(taken[0]))
    taken = [0]
    monkeypatch.setattr("experiments.forgetting._taken", lambda: taken[0])
    for growths, more in ((2, 0), (2, 1), (3, 1), (3, 2), (3, 0), (4, 2), (4, 3)):
        taken[0] = growths * GROWTH + more
        drop_programs()
    assert forgotten == [2 * GROWTH + 1, 3 * GROWTH + 2, 4 * GROWTH + 3]


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or platform.libc_ver()[0] != "glibc",
    reason="other C libraries return memory of their own accord, or never",
)
@pytest.mark.parametrize("by", ["the task", "its programs"])
def test_memory_is_returned(monkeypatch, by):
    # Pieces that glibc keeps, one by one, as it does those of programs; the last holds them there.
    *pieces, last = [np.ones(2**13) for _ in range(2000)]
    monkeypatch.setattr("experiments.forgetting.PROGRAMS", 0.0)
    monkeypatch.setattr("experiments.forgetting._left", 0)
    monkeypatch.setattr(jax, "clear_caches", pieces.clear)
    before = psutil.Process().memory_info().rss
    if by == "the task":
        pieces.clear()
        monkeypatch.setattr("experiments.forgetting.PROGRAMS", float("inf"))
    drop_programs()
    assert before - psutil.Process().memory_info().rss > 1900 * last.nbytes
