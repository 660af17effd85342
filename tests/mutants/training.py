"""Mutants of the training loop: stacked kernels, saves, and processes in step."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

SAVES = "experiments/training/saves.py"
TEST_SAVES = "tests/experiments/training/test_saves.py"

GROUPS = "experiments/training/groups.py"
TEST_GROUPS = "tests/experiments/training/test_groups.py"

TRAINED = (
    Mutant(
        "layers: kernels scaled by what they put out",
        "experiments/encoders/layers.py",
        "1 / shape[0]",
        "1 / shape[1]",
        ("tests/experiments/encoders/test_layers.py::test_layers_start_as_those_of_flax",),
    ),
    Mutant(
        "chunk: the rate of a chunk's first step for all of it",
        "experiments/training/chunk.py",
        "schedule(state.step + jnp.arange(length))",
        "schedule(state.step + 0 * jnp.arange(length))",
        ("tests/experiments/training/test_loop.py", "tests/experiments/training/test_saves.py"),
    ),
    Mutant(
        "saves: seeds that have ended are trained again",
        SAVES,
        "if due or last:",
        "if due:",
        (f"{TEST_SAVES}::test_seeds_that_have_ended_are_kept",),
    ),
    Mutant(
        "saves: what was kept of a run stays when it is stored",
        "experiments/training/run.py",
        "    saves.discard()\n",
        "",
        (f"{TEST_SAVES}::test_a_run_goes_on_after_any_chunk",),
    ),
    Mutant(
        "groups: all runs get what the first trained",
        GROUPS,
        "own = slice(start, start + len(run.seeds))",
        "own = slice(len(run.seeds))",
        (f"{TEST_GROUPS}::test_runs_are_those_trained_alone",),
    ),
    Mutant(
        "groups: a run takes the memory of one seed",
        GROUPS,
        "(member_bytes(runs[0].config) * len(runs[0].seeds))",
        "member_bytes(runs[0].config)",
        (f"{TEST_GROUPS}::test_a_group_fits_in_memory",),
    ),
    Mutant(
        "groups: a run trains before what it starts from",
        GROUPS,
        "if run.start is None or run.start.key not in left]",
        "if run]",
        (f"{TEST_GROUPS}::test_those_of_one_program_are_a_group_and_a_start_comes_before",),
    ),
    Mutant(
        "loop: losses of before are lost",
        "experiments/training/loop.py",
        "if found is None else found.losses",
        "if found is None else found.losses[:, :0]",
        (f"{TEST_SAVES}::test_it_may_be_ended_twice",),
    ),
    Mutant(
        "optimiser: kernels are handed back in another order",
        "experiments/training/optimizer.py",
        "parts |= {name: list(stacks[name]) for name in kernels}",
        "parts |= {name: list(stacks[name])[::-1] for name in kernels}",
        (
            "tests/experiments/training/test_optimizer.py::"
            "test_muon_keeps_the_singular_vectors_of_the_gradient",
        ),
    ),
)
