"""README's snippets run, and CI runs README's test command."""

from __future__ import annotations

import re
from pathlib import Path

import jax
import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def code_blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


PRINTED = ("z_inv", "novel image", "", "", "'a white cat' and 'a black dog' in one orbit")
"""What the snippets print, among other things."""


@pytest.mark.parametrize(
    ("code", "printed"), list(zip(code_blocks("python"), PRINTED, strict=True))
)
def test_snippets_run(code, printed, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with jax.numpy_rank_promotion("allow"):
        exec(compile(code, "README.md", "exec"), {"__name__": "readme"})
    assert printed in capsys.readouterr().out


def test_ci_runs_the_test_command():
    command = next(code for code in code_blocks("bash") if "pytest" in code).strip()
    assert command in (ROOT / ".ci" / "run").read_text().splitlines()
