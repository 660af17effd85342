"""What tests of users' encoders share: a file of pairs, and modules that a user wrote."""

from __future__ import annotations

import json
import sys

import pytest

from experiments.captions.reading import Reading, Step

PAIRS = (
    ("SWAP", "a red cube and a blue ball", "a blue cube and a red ball"),
    ("SWAP", "the dog chases the cat", "the cat chases the dog"),
    ("REPLACE", "a man rides a horse", "a man rides a bicycle"),
    ("REPLACE", "the dog chases the cat", "the dog chases the duck"),
    ("ADD", "a bowl of soup", "a green bowl of soup"),
    ("ADD", "two people on a beach", "two old people on a beach"),
)


@pytest.fixture
def pairs_file(tmp_path):
    """A function from more columns of all pairs, or of each by its place, to a file."""

    def write(name="pairs.jsonl", each=lambda _: {}, pairs=PAIRS):
        lines = [
            {"category": kind, "caption": caption, "negative": negative} | each(place)
            for place, (kind, caption, negative) in enumerate(pairs)
        ]
        path = tmp_path / name
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        return path

    return write


@pytest.fixture
def module(tmp_path, monkeypatch):
    """A function from the name of a module and its source to that module beside the user."""
    monkeypatch.setattr(sys, "path", list(sys.path))

    def write(name, source):
        monkeypatch.delitem(sys.modules, name, raising=False)
        (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")

    return write


@pytest.fixture
def by_category(monkeypatch):
    """The operator is the pair's category, of depth 1, whatever the two captions are."""

    def read(pairs):
        return [Reading(pair.category, (Step(pair.category, ()),)) for pair in pairs]

    monkeypatch.setattr("experiments.commands.probe.read_pairs", read)


@pytest.fixture
def tokenscm(run_command, monkeypatch):
    """`run_command`, after which modules are looked for where they were before."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    return run_command
