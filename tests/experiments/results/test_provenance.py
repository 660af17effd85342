"""Provenance is that of the code that computed, and of no other checkout."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from experiments.configs.source import PACKAGES
from experiments.results.provenance import ROOT, checkout, manifest, provenance
from experiments.results.units import Units
from scm.version import VERSION


def git(root, *arguments):
    named = ("-c", "user.name=a", "-c", "user.email=a@b")
    command = ["git", "-C", str(root), *named, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def project(root, name="token-scm"):
    """A folder with the files of this project, or of another."""
    (root / "scm").mkdir(parents=True)
    (root / "scm" / "version.py").write_text("VERSION = 1\n")
    (root / "README.md").write_text("read me\n")
    (root / "pyproject.toml").write_text(f'[project]\nname = "{name}"\n')
    return root


def committed(root):
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "one")
    return root


def test_a_checkout_tells_its_commit_and_whether_code_was_changed(tmp_path):
    root = committed(project(tmp_path))
    commit = git(root, "rev-parse", "HEAD")
    assert checkout(root) == (commit, False)
    (root / "results").mkdir()
    (root / "results" / "verdicts.json").write_text("[]")
    (root / "README.md").write_text("read me again\n")
    assert checkout(root) == (commit, False)
    (root / "scm" / "version.py").write_text("VERSION = 2\n")
    assert checkout(root) == (commit, True)
    git(root, "commit", "-q", "-a", "-m", "two")
    assert checkout(root) == (git(root, "rev-parse", "HEAD"), False)
    (root / "scm" / "new.py").write_text("")
    assert checkout(root)[1] is True


def test_provenance_is_of_the_folder_that_holds_the_packages():
    root = Path(__file__).parents[3]
    assert root == ROOT
    assert all((ROOT / package).is_dir() for package in PACKAGES)
    # Of a copy that git does not know, or not let us read, there is none.
    asked = ["git", "-C", str(root), "log", "-1", "--format=%H"]
    told = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    assert provenance()["commit"] == (told if told and (root / ".git").exists() else None)


def test_the_commit_of_another_project_is_none_of_ours(tmp_path):
    outer = committed(project(tmp_path / "other", name="other"))
    assert checkout(outer) == (None, None)
    installed = outer / ".venv" / "site-packages"
    (installed / "scm").mkdir(parents=True)
    (installed / "scm" / "version.py").write_text("VERSION = 1\n")
    assert checkout(installed) == (None, None)
    # Also where it copied all of this project, and committed it.
    vendored = project(outer / "vendored")
    assert checkout(vendored) == (None, None)
    git(outer, "add", "vendored")
    git(outer, "commit", "-q", "-m", "vendored")
    assert checkout(vendored) == (None, None)


def test_a_copy_that_is_no_checkout_has_no_commit(tmp_path):
    root = project(tmp_path / "unpacked")
    assert checkout(root) == (None, None)
    git(root, "init", "-q")
    assert checkout(root) == (None, None)


def test_provenance_tells_versions_and_devices():
    found = provenance()
    assert found["version"] == VERSION
    assert found["devices"] == ["cpu cpu"]
    assert found["python"] == sys.version.split()[0]
    assert {"jax", "flax", "optax"} <= set(found["packages"])
    assert {"commit", "dirty"} <= set(found)
    assert "experiments" in PACKAGES


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        (["/usr/bin/tokenscm", "reproduce"], "tokenscm reproduce"),
        (["tokenscm", "check", "--out", "my results"], "tokenscm check --out 'my results'"),
    ],
)
def test_the_command_can_be_pasted(monkeypatch, arguments, command):
    monkeypatch.setattr(sys, "argv", arguments)
    assert manifest("quick", (), [])["command"] == command


def test_units_tell_what_was_loaded_and_what_made_it(tmp_path, monkeypatch):
    earlier, later = ({"commit": commit, "devices": ["gpu"]} for commit in "ab")
    for made_by, key in ((earlier, "1"), (earlier, "2"), (later, "3")):
        monkeypatch.setattr("experiments.results.units.provenance", lambda made_by=made_by: made_by)
        Units(tmp_path).save("rows", key, [])
    units = Units(tmp_path)
    for key in "123":
        units.load("rows", key)
    units.save("rows", "2", [1])
    units.load("rows", "2")
    assert units.provenances() == [
        earlier | {"loaded": ["rows-1.json"], "computed": []},
        later | {"loaded": ["rows-3.json"], "computed": ["rows-2.json"]},
    ]
