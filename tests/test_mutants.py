"""The mutants can be planted, and README and CI know their command; it is CI that runs them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.mutants.catalogue import MUTANTS

ROOT = Path(__file__).parent.parent
COMMAND = "python -m tests.mutants"


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_is_another_program_with_tests_that_exist(mutant):
    broken = ast.parse(mutant.source())
    whole = ast.parse((ROOT / mutant.file).read_text(encoding="utf-8"))
    assert ast.dump(broken) != ast.dump(whole)
    assert mutant.tests
    for test in mutant.tests:
        file, _, function = test.partition("::")
        text = (ROOT / file).read_text(encoding="utf-8")
        assert f"def {function or 'test_'}" in text


def test_mutants_have_names_of_their_own():
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)


def test_the_command_is_documented_and_run():
    assert f"`{COMMAND}`" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert COMMAND in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
