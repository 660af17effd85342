"""`tokenscm explore` opens a notebook for this machine alone, or says why it does not."""

from __future__ import annotations

import importlib.util
import socket

import pytest

from experiments.notebooks import NOTEBOOKS, notebook_file


@pytest.fixture
def opened(monkeypatch):
    """What marimo is run with, instead of running it."""
    import experiments.commands.notebooks as command

    found = []
    monkeypatch.setattr(
        command.runpy, "run_module", lambda *_, **__: found.append(command.sys.argv)
    )
    monkeypatch.setattr(command, "keep_programs", lambda: None)
    return found


def test_without_marimo_one_sentence_says_how_to_get_it(run_command, monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *rest: None if name == "marimo" else found(name, *rest),
    )
    assert run_command("explore") == (
        2,
        "",
        "tokenscm: notebook: expected marimo to be installed, by pip install "
        "'token-scm[explore]', got no package marimo\n",
    )


def test_an_unknown_notebook_is_refused(run_command):
    code, _, error = run_command("explore", "galaxy")
    assert code == 2
    assert error == "tokenscm: notebook: expected one of world, run, claim, got 'galaxy'\n"


def test_a_port_is_free_or_refused(run_command, opened):
    pytest.importorskip("marimo", reason="the extra explore is not installed")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, _, error = run_command("explore", "--port", port)
    assert code == 2
    assert error.startswith(f"tokenscm: port: expected a free one, got {port} (")
    for port in (0, 65536):
        assert run_command("explore", "--port", port)[0] == 2
    assert not opened


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_a_notebook_is_run_where_it_is_installed(run_command, opened, notebook):
    pytest.importorskip("marimo", reason="the extra explore is not installed")
    assert run_command("explore", notebook, "--headless")[0] == 0
    [[_, mode, file, *place]] = opened
    assert (mode, file) == ("run", str(notebook_file(notebook)))
    assert place[:2] == ["--host", "127.0.0.1"]
    assert int(place[3]) > 0
    assert place[4:] == ["--headless"]


def test_a_copy_is_edited_and_none_is_overwritten(run_command, opened, tmp_path):
    pytest.importorskip("marimo", reason="the extra explore is not installed")
    before = notebook_file("claim").read_bytes()
    assert run_command("explore", "claim", "--edit")[0] == 0
    [[_, mode, file, *_]] = opened
    assert (mode, file) == ("edit", "explore_claim.py")
    assert (tmp_path / file).read_bytes() == before
    (tmp_path / file).write_text("mine")
    code, _, error = run_command("explore", "claim", "--edit")
    assert code == 2
    assert error == (
        "tokenscm: edit: expected no file of that name in this folder, got 'explore_claim.py'\n"
    )
    assert (tmp_path / file).read_text() == "mine"
