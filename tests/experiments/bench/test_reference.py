"""The fraction of peak: of pairs, and not where a busy machine makes it impossible."""

from __future__ import annotations

import statistics

import jax
import pytest

from experiments.bench import reference
from experiments.bench.reference import MATMUL_FLOPS, Pair, encoder_flops, fraction_of_peak
from experiments.progress import Output

FLOPS = MATMUL_FLOPS / 2
"""Of a step that should take half as long as a matmul, were it as fast."""


def test_the_fraction_is_that_of_each_step_and_the_matmul_right_after_it():
    """A machine that slows down by half midway slows both: every pair says 0.8."""
    pairs = [Pair(step / 0.8, 2 * step) for step in (1.0, 1.0, 1.0, 2.0, 2.0)]
    assert fraction_of_peak(FLOPS, pairs) == pytest.approx(0.8)
    odd = [*pairs, Pair(1.0, 20.0)]
    assert fraction_of_peak(FLOPS, odd) == pytest.approx(0.8)


def test_a_fraction_above_1_is_not_measurable():
    assert fraction_of_peak(FLOPS, [Pair(1.0, 2.0)]) == 1.0
    assert fraction_of_peak(FLOPS, [Pair(1.0, 2.8)] * 3) is None


def test_steps_and_matmuls_are_timed_in_turn(monkeypatch):
    """By a clock that the work itself moves: a step takes 3 s, a matmul 5 s; the first compiles."""
    now, done = [0.0], []

    def work(name, seconds):
        done.append(name)
        now[0] += seconds

    def steps(*_, **__):
        for index in range(4):
            work("step", 100.0 if index == 0 else 3.0)
            yield None

    class Product:
        def block_until_ready(self):
            work("matmul", 5.0)

    monkeypatch.setattr(reference, "chunks", steps)
    monkeypatch.setattr(reference.jax, "jit", lambda _: lambda *_: Product())
    monkeypatch.setattr(reference.time, "perf_counter", lambda: now[0])
    assert reference.steps_and_multiplications() == [Pair(3.0, 5.0)] * 3
    assert done == ["matmul", *["step", "matmul"] * 4]


@pytest.mark.parametrize(
    ("seconds", "fraction", "words"),
    [(2.0, 0.5, "fraction of peak   0.50"), (0.5, None, "fraction of peak   not measurable")],
)
def test_what_is_not_measurable_is_null_and_said_in_words(
    monkeypatch, capsys, seconds, fraction, words
):
    pairs = [Pair(seconds, 2.0), Pair(seconds, 2.0)]
    monkeypatch.setattr(reference, "steps_and_multiplications", lambda: pairs)
    monkeypatch.setattr(reference, "encoder_flops", lambda _: FLOPS)
    found = reference.reference_step(Output())
    assert found["fraction_of_peak"] == fraction
    assert found["step_seconds"] == statistics.median(pair.step for pair in pairs)
    assert found["peak_flops"] == MATMUL_FLOPS / 2.0
    assert words in capsys.readouterr().out


def test_flops_are_those_of_every_matrix(tiny_config):
    """Of what is built: each weight is multiplied and added once forward and twice backward."""
    kernels = [leaf for leaf in jax.tree.leaves(tiny_config.build_encoders(0)) if leaf.ndim == 2]
    weights = sum(leaf.size for leaf in kernels)
    assert encoder_flops(tiny_config) == 6 * tiny_config.batch_size * weights
