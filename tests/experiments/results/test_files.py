"""Files are written whole or not at all."""

from __future__ import annotations

import pytest

from experiments.results.files import writable_directory, write_atomically
from scm.arguments import ArgumentError


def test_the_file_holds_what_was_written(tmp_path):
    path = tmp_path / "a.txt"
    for text in ("first", "second"):
        write_atomically(path, lambda temporary, text=text: temporary.write_text(text))
        assert path.read_text() == text
    assert list(tmp_path.iterdir()) == [path]


def test_others_may_read_the_file(tmp_path):
    path = tmp_path / "a.txt"
    write_atomically(path, lambda temporary: temporary.write_text("text"))
    assert path.stat().st_mode & 0o777 == 0o644


def test_the_old_file_is_there_while_the_new_one_is_written(tmp_path):
    path = tmp_path / "a.png"
    path.write_text("old")

    def write(temporary):
        assert temporary.parent == tmp_path
        assert temporary.suffix == ".png"
        temporary.write_text("half")
        assert path.read_text() == "old"
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        write_atomically(path, write)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_directory_is_made_with_its_parents(tmp_path):
    path = tmp_path / "a" / "b"
    assert writable_directory("out", path) == path
    assert list(path.iterdir()) == []
    assert writable_directory("out", path) == path


@pytest.mark.parametrize("inside", [(), ("b",), ("b", "c")])
def test_a_file_in_its_place_is_refused(tmp_path, inside):
    (tmp_path / "a").write_text("")
    with pytest.raises(ArgumentError, match="out: expected a directory that can be written to"):
        writable_directory("out", tmp_path.joinpath("a", *inside))
