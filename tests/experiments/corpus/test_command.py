"""The command that reads a corpus."""

from __future__ import annotations

import json

import pytest

from proofs_check import CLAIMS
from proofs_check.theorems.t10 import T10
from proofs_check.theorems.t16 import T16

CAPTIONS = [f"a {one} left of a {other}" for one in "abcdef" for other in "vwxyz"]


@pytest.fixture
def real_claims(tokenscm):  # noqa: ARG001
    """The claims that a corpus speaks to, beside that of the other tests of commands."""
    with CLAIMS.scope({"T10": T10, "T16": T16}):
        yield


def write(tmp_path, pairs="pairs.jsonl"):
    (tmp_path / "captions.txt").write_text("\n".join([*CAPTIONS, "a v left of a b"]))
    records = [{"caption": CAPTIONS[n], "negative": "a v left of a b"} for n in range(3)]
    (tmp_path / pairs).write_text("\n".join(map(json.dumps, records)))


def test_a_corpus_is_reported_and_drawn(tokenscm, tmp_path, real_claims):  # noqa: ARG001
    write(tmp_path)
    code, out, err = tokenscm("corpus", "captions.txt", "--pairs", "pairs.jsonl")
    assert (code, err) == (0, "")
    assert "Of 31 captions 6.5 % are in the corpus in another order too" in out
    assert "pairs: of 3 negatives 3, 100.0 %" in out
    folder = tmp_path / "corpora"
    names = {str(path.relative_to(folder)) for path in folder.rglob("*.*")}
    figures = {"figures/corpus.png", "figures/corpus.pdf"}
    assert names == {"results.csv", "verdicts.json", "manifest.json", "report.html", *figures}
    verdicts = json.loads((folder / "verdicts.json").read_text())
    assert {(one["method"], one["kind"]) for one in verdicts} == {("data", "finding")}
    before = (folder / "results.csv").read_bytes()
    code, _, _ = tokenscm("corpus", "captions.txt", "--pairs", "pairs.jsonl")
    assert code == 0
    assert (folder / "results.csv").read_bytes() == before
    code, out, _ = tokenscm("figures", "corpora")
    assert (code, out) == (0, "corpora/figures/corpus.png\ncorpora/figures/corpus.pdf\n")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("nowhere.txt",), "nowhere.txt: expected a file, got none"),
        (("captions.txt", "--pairs", "captions.txt"), "captions.txt: expected columns of one of"),
        (("captions.txt", "--pairs", "a/x.json", "b/x.json"), "pairs: expected files of different"),
        (("captions.txt", "--seed", "-1"), "seed: expected an integer"),
        (("captions.txt", "--out", "captions.txt"), "out: expected a directory"),
        (("pairs.jsonl",), "captions: expected at least 16 that say something, got 3"),
        (("captions.txt", "--column", "x"), "captions.txt, line 2: expected the column x"),
    ],
)
def test_bad_usage_is_a_sentence_and_writes_nothing(tokenscm, tmp_path, snapshot, arguments, text):
    write(tmp_path)
    before = snapshot(tmp_path)
    code, out, err = tokenscm("corpus", *arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"tokenscm: {text}")
    assert snapshot(tmp_path) == before
