"""`tokenscm captions`: what it prints and writes, and what it refuses."""

from __future__ import annotations

import json

import pytest

from experiments.results.cells import parse_table
from experiments.results.table import read_rows
from tests.experiments.captions.test_survey import made


def write(path, pairs):
    lines = [
        json.dumps({n: getattr(p, n) for n in ("dataset", "category", "caption", "negative", "id")})
        for p in pairs
    ]
    path.write_text("\n".join(lines), encoding="utf-8")


def test_a_file_of_pairs_becomes_a_report(run_command, tmp_path):
    write(tmp_path / "pairs.jsonl", made())
    code, out, err = run_command("captions", "pairs.jsonl", "--out", "found")
    assert (code, err) == (0, "")
    assert "made: swap_obj" in out
    assert "80 % reached with" in out
    names = {path.name for path in (tmp_path / "found").iterdir()}
    report = {"results.csv", "verdicts.json", "manifest.json", "report.html", "figures"}
    assert names == {"readings.csv", *report}
    rows = read_rows(tmp_path / "found" / "results.csv")
    assert {row.study for row in rows} == {"captions"}
    head, first, *_ = parse_table((tmp_path / "found" / "readings.csv").read_text())
    assert dict(zip(head, first, strict=True))["read as"] == "SWAP"
    manifest = json.loads((tmp_path / "found" / "manifest.json").read_text())
    assert manifest["preset"] == "data"
    assert (tmp_path / "found" / "figures" / "captions.png").is_file()


@pytest.mark.usefixtures("blank_figures")
def test_settings_of_the_definition_count(run_command, tmp_path):
    write(tmp_path / "pairs.jsonl", [*made(6)])
    shares = []
    for kept in ("0.5", "1"):
        run_command("captions", "pairs.jsonl", "--kept", kept, "--out", kept)
        rows = read_rows(tmp_path / kept / "results.csv")
        shares.append(next(r.value for r in rows if r.metric == "one operation"))
    assert shares[1] < shares[0]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("captions", "nowhere.json"), "nowhere.json: expected"),
        (("captions", "file"), "file: expected"),
        (("captions", "file", "--format", "other"), "format: expected one of"),
        (("captions", "pairs.jsonl", "--kept", "2"), "kept: expected a number in [0, 1]"),
        (("captions", "pairs.jsonl", "--atom-words", "0"), "atom_words: expected an integer"),
        (("captions", "pairs.jsonl", "--seed", "-1"), "seed: expected an integer"),
        (("captions", "pairs.jsonl", "--out", "file"), "out: expected a directory"),
        (("captions", "pairs.jsonl", "--caption-column", "a"), "negative_column: expected"),
        (("captions",), "files: expected at least one file"),
    ],
)
def test_bad_input_is_one_sentence(run_command, tmp_path, snapshot, arguments, text):
    (tmp_path / "file").write_text("no pairs")
    write(tmp_path / "pairs.jsonl", made(6))
    before = snapshot(tmp_path)
    code, out, err = run_command(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"tokenscm: {text}")
    assert err.count("\n") == 1
    assert snapshot(tmp_path) == before
    assert {path.name for path in tmp_path.iterdir()} == {"file", "pairs.jsonl"}
