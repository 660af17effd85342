"""The command line refuses in one sentence, with exit code 2, and writes nothing then."""

from __future__ import annotations

import jax
import pytest

from experiments.training.mesh import device_mesh


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("check", "--only", "T99"), "only: expected one of T2, got 'T99'"),
        (("check", "--out", "file"), "out: expected a directory that can be written to"),
        (("reproduce", "--only", "T99"), "only: expected one of T2, got 'T99'"),
        (("reproduce", "--out", "file"), "out: expected a directory that can be written to"),
        (("reproduce", "--out", "file/deeper"), "out: expected a directory"),
        (("figures", "nowhere"), "nowhere/results.csv: expected a table of results"),
        (("figures", "file"), "file/results.csv: expected a table of results"),
        (("sweep", "paragraph", "--grid", "steps=1"), "study: expected one of sizes, sentence"),
        (("sweep", "sentence", "--grid", "stops=1"), "grid: expected one of"),
        (("sweep", "sentence", "--grid", "steps=1", "--grid", "law"), "grid: expected NAME=V1,V2"),
        (("sweep", "sentence", "--grid", "steps=some"), "grid: expected values of type int"),
        (("sweep", "sentence", "--grid", "style_change=1.5"), "style_change: expected a number"),
        (("sweep", "sentence", "--grid", "n_inv=-1"), "n_inv: expected an integer of at least 1"),
        (("sweep", "sentence", "--grid", "embedding_size=0"), "embedding_size: expected"),
        (("sweep", "sentence", "--grid", "steps=1", "--out", "file"), "out: expected a directory"),
        (("sweep", "sentence", "--grid", "steps=1", "--seeds", "0"), "seeds: expected an integer"),
        (("bench", "--out", "file/deeper.json"), "out: expected"),
        (("check", "--only"), "only: expected at least one claim, got none"),
        (("check", "--only", "T2", "--only", "T99"), "only: expected one of T2, got 'T99'"),
        (("check", "--out", "a", "--out=b"), "out: expected one value, got '2 of them'"),
        (("check", "--out=~nobody-of-that-name/x"), "out: expected the home directory of a user"),
        (("show", "sentence", "--out", "file"), "out: expected a directory"),
        (("show", "paragraph"), "world: expected one of"),
        (
            ("sweep", "sentence", "--grid", "batch_size=64,10000000000"),
            "memory: expected a training",
        ),
    ],
)
def test_bad_usage_is_one_sentence_and_exit_2(tokenscm, tmp_path, snapshot, arguments, text):
    (tmp_path / "file").write_text("a file")
    before = snapshot(tmp_path)
    code, out, err = tokenscm(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"tokenscm: {text}")
    assert err.count("\n") == 1
    assert snapshot(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("train",),
        ("check", "--out"),
        ("reproduce", "--preset", "slow"),
        ("reproduce", "--speed", "3"),
        ("sweep",),
        ("sweep", "sentence"),
        ("figures",),
    ],
)
def test_what_does_not_parse_is_exit_2_and_writes_nothing(tokenscm, tmp_path, arguments):
    code, _, err = tokenscm(*arguments)
    assert code == 2
    assert err
    assert list(tmp_path.iterdir()) == []


TAKEN = (
    "results.csv",
    "verdicts.json",
    "manifest.json",
    "report.html",
    "figures/sentence.pdf",
)


@pytest.mark.parametrize("command", ["check", "reproduce"])
@pytest.mark.parametrize("name", TAKEN)
def test_what_stands_in_the_way_is_said_before_work(tokenscm, tmp_path, monkeypatch, command, name):
    """A folder where a file goes, and a file where figures go."""
    monkeypatch.setattr("proofs_check.check.check_claim", None)
    (tmp_path / "out" / name).mkdir(parents=True)
    code, out, err = tokenscm(command, "--out", "out")
    assert (code, out) == (2, "")
    assert err == f"tokenscm: out: expected a file or none, got the folder 'out/{name}'\n"
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "figures").write_text("a user's own")
    code, out, err = tokenscm(command, "--out", "other")
    assert (code, out) == (2, "")
    assert err.startswith("tokenscm: out: expected a directory that can be written to, got 'other/")
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["figures"]


def test_devices_that_do_not_divide_a_batch_are_refused_first(tokenscm, tmp_path, monkeypatch):
    three = device_mesh(jax.devices() * 3)
    monkeypatch.setattr("experiments.measuring.device_mesh", lambda: three)
    code, out, err = tokenscm("reproduce")
    assert (code, out) == (2, "")
    assert err == (
        "tokenscm: devices: expected a number that divides the batch size of 64, as 2 does "
        "(by CUDA_VISIBLE_DEVICES=0,1, or on a CPU by JAX_NUM_CPU_DEVICES=2), got 3\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_unit_is_exit_2_and_nothing_else_is_written(tokenscm, report, snapshot):
    path = next((report / "units").glob("rows-*.json"))
    path.write_text(path.read_text()[:-50])
    before = snapshot(report)
    code, out, err = tokenscm("reproduce")
    assert (code, out) == (2, "")
    assert err.startswith("tokenscm: ")
    assert f"{path.name}: expected a complete unit" in err
    assert err.count("\n") == 1
    assert snapshot(report) == before
