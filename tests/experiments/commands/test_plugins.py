"""Plugins: what an installed distribution registers by entry points, the command line knows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from figures import FIGURES
from proofs_check import CLAIMS
from scm import CONFIGS, OPERATORS, Registry, load_plugins

ROOT = Path(__file__).parents[3]

METADATA = """\
Metadata-Version: 2.1
Name: my-worlds
Version: 1.0
"""

ENTRY_POINTS = """\
[token_scm.worlds]
mine = my_worlds:MineConfig
sentence = my_worlds:MineConfig
broken = my_worlds.absent:Config

[token_scm.operators]
MIRROR = my_worlds:Mirror
NONE = my_worlds:MineConfig

[token_scm.encoders]
my_encoder = my_worlds:MineConfig

[token_scm.claims]
T99 = my_worlds:CLAIM

[token_scm.figures]
my_figure = my_worlds:draw
"""

MODULE = """
import dataclasses
from dataclasses import dataclass

import jax

from proofs_check import T2
from scm import WORLDS, Batch


@dataclass(frozen=True)
class MineConfig:
    def build(self, key):
        return self

    def sample(self, key, n):
        content = jax.random.normal(key, (n, 2))
        return Batch(image=content, text=-content, latents={"z_inv": content})


# A module may also register by itself what its distribution names.
WORLDS.register("mine", MineConfig)


@dataclass(frozen=True)
class Mirror:
    name = "MIRROR"

    def variants(self, grammar, rows):
        return rows[:, None, :], grammar.well_formed(rows)[:, None]


CLAIM = dataclasses.replace(T2, id="T99", statement="All is mine.")


def draw(rows):
    return None
"""

REFUSED = (
    "tokenscm: world sentence: expected what distribution my-worlds registers by its entry point "
    "'my_worlds:MineConfig', got ArgumentError: world: expected a name that is not taken, got "
    "'sentence'",
    "tokenscm: world broken: expected what distribution my-worlds registers by its entry point "
    "'my_worlds.absent:Config', got ModuleNotFoundError: No module named 'my_worlds.absent'; "
    "'my_worlds' is not a package",
    "tokenscm: operator NONE: expected what distribution my-worlds registers by its entry point "
    "'my_worlds:MineConfig', got ArgumentError: operator: expected an object with a name and a "
    "method variants, got MineConfig()",
)
"""What is said of the three entry points that are no good."""


@pytest.fixture
def tokenscm_with_plugin(tmp_path):
    """A function that runs the command in a process where `MODULE` is installed."""
    site, folder = tmp_path / "site", tmp_path / "folder"
    metadata = site / "my_worlds-1.0.dist-info"
    for path in (metadata, folder):
        path.mkdir(parents=True)
    (site / "my_worlds.py").write_text(MODULE)
    (metadata / "METADATA").write_text(METADATA)
    (metadata / "entry_points.txt").write_text(ENTRY_POINTS)

    def run(*arguments):
        done = subprocess.run(
            [sys.executable, "-c", "from experiments.cli import main; main()", *arguments],
            env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{site}"},
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines(), done.stderr.splitlines()

    return run


def test_the_command_line_knows_a_plugin(tokenscm_with_plugin, tmp_path):
    out, err = tokenscm_with_plugin("list")
    assert tuple(err) == REFUSED
    listed = dict(line.split(": ", 1) for line in out if ": " in line)
    assert listed["worlds"].split(", ")[-1] == "mine"
    assert listed["operators"].split(", ")[-1] == "MIRROR"
    assert listed["encoders"].split(", ")[-1] == "my_encoder"
    assert listed["figures"].split(", ")[-1] == "my_figure"
    assert "  T99  All is mine." in out
    assert tokenscm_with_plugin("show", "mine")[0] == ["sheets/mine.png"]
    assert (tmp_path / "folder" / "sheets" / "mine.png").exists()


def test_every_registry_of_ours_has_a_group_of_its_own():
    ours = (OPERATORS, CONFIGS, CLAIMS, FIGURES)
    groups = [registry.group for registry in Registry.every if registry.group]
    assert len(set(groups)) == len(groups)
    for group in groups:
        assert group.removeprefix("token_scm.") in (load_plugins.__doc__ or "")
    assert {registry.group for registry in ours} <= set(groups)
