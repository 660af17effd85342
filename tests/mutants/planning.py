"""Mutants of plans: what is done, by whom, and how long it should take."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

PLAN = "experiments/plan.py"
TESTS = "tests/experiments/test_plan.py"
COMPILED = "tests/experiments/test_compilation.py"

PLANNED = (
    Mutant(
        "plan: stored runs are trained again",
        PLAN,
        "units.path(RUNS, one.key).exists()",
        "False",
        (f"{TESTS}::test_what_is_stored_is_not_done",),
    ),
    Mutant(
        "plan: programs are no reason to stay together",
        PLAN,
        "_connected(self.work, _programs)",
        "_connected(self.work, _runs)",
        (f"{TESTS}::test_one_process_takes_programs_in_turn",),
    ),
    Mutant(
        "plan: a run is shared out",
        PLAN,
        "pieces = _connected(group, _runs)",
        "pieces = ((work,) for work in group)",
        (f"{TESTS}::test_a_program_is_shared_out_where_it_is_more_than_a_workers_share",),
    ),
    Mutant(
        "plan: steps do not count for the time expected",
        "experiments/expected.py",
        "seconds * steps / sum(",
        "seconds / sum(",
        (f"{TESTS}::test_expected_seconds_are_those_of_before_by_step",),
    ),
    Mutant(
        "plan: worlds are built to tell their shapes",
        "experiments/training/config.py",
        "return jax.eval_shape(lambda: config.build(key))",
        "return config.build(key)",
        ("tests/experiments/training/test_shapes.py::test_scenes_are_traced_and_not_built",),
    ),
    Mutant(
        "job: memory of programs stays taken",
        "experiments/forgetting.py",
        "jax.clear_caches()\n        _return_memory()\n",
        "jax.clear_caches()\n",
        (f"{COMPILED}::test_memory_is_returned",),
    ),
    Mutant(
        "job: memory of a task stays taken",
        "experiments/forgetting.py",
        "    _return_memory()\n    if _taken()",
        "    if _taken()",
        (f"{COMPILED}::test_memory_is_returned",),
    ),
    Mutant(
        "report: what is drawn for the files is drawn again for the page",
        "experiments/commands/reports.py",
        "                rendered.update(new)\n",
        "",
        ("tests/experiments/commands/test_cli.py::test_a_report_is_drawn_once_for_files_and_page",),
    ),
)
