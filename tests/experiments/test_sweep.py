"""Sweeps vary what is named and nothing else."""

from __future__ import annotations

import pytest
from matplotlib.image import imread

from experiments.results.record import select
from experiments.results.table import read_rows
from experiments.studies import STUDIES
from experiments.sweep import sweep
from figures.sweep import draw_sweep
from scm.arguments import ArgumentError


@pytest.fixture
def swept(tiny_study, tmp_path):  # noqa: ARG001
    grids = ("law=independent,gaussian", "optimizer.learning_rate=0.01,0.02")
    return sweep("sentence", grids, 1, tmp_path / "sweeps")


def test_a_grid_is_measured_end_to_end(swept, tmp_path):
    rows, names = swept
    directory = tmp_path / "sweeps"
    assert names == ["world.law", "optimizer.learning_rate"]
    assert read_rows(directory / "sweep.csv") == rows
    points = {(row.labels["world.law"], row.labels["optimizer.learning_rate"]) for row in rows}
    assert points == {(law, rate) for law in ("independent", "gaussian") for rate in (0.01, 0.02)}
    assert len({row.labels["run"] for row in rows}) == 4
    assert {row.seed for row in rows} == {0}
    found = [
        select(
            rows, metric="r2", role="measured", probe="kernel", predictor="image", target="z_inv"
        )
    ]
    assert len(found[0]) == 4
    # What a row says of its setting, it says truly.
    assert all("law" not in row.labels for row in rows)
    paths = draw_sweep(rows, names, directory)
    assert [path.name for path in paths] == ["sweep.png", "sweep.pdf"]
    assert all(path.stat().st_size > 1000 for path in paths)


@pytest.mark.parametrize(
    ("study", "grids", "seeds", "text"),
    [
        ("paragraph", ("law=dag",), 1, "study: expected one of sizes, sentence, got 'paragraph'"),
        ("sizes", ("law=dag",), 1, "study: expected one that trains, got 'sizes'"),
        ("sentence", ("laws=dag",), 1, "grid: expected one of n_inv, .*, got 'laws'"),
        ("sentence", ("world.laws=dag",), 1, "grid: expected one of n_inv, .*, got 'laws'"),
        ("sentence", ("steps.more=3",), 1, "grid: expected .*, got 'more'"),
        ("sentence", ("law",), 1, "grid: expected NAME=V1,V2.*, got 'law'"),
        ("sentence", ("law=",), 1, "grid: expected NAME=V1,V2.*, got 'law='"),
        ("sentence", ("=dag",), 1, "grid: expected NAME=V1,V2.*, got '=dag'"),
        ("sentence", ("steps=ten",), 1, "grid: expected values of type int, got steps=ten"),
        ("sentence", ("steps=10,",), 1, "grid: expected values of type int, got steps=10,"),
        ("sentence", ("causal=maybe",), 1, "grid: expected values of type bool"),
        ("sentence", ("world=3",), 1, "grid: expected one of sentence, .*, got '3'"),
        ("sentence", ("image_encoder.hidden=8",), 1, "grid: expected lists in brackets"),
        ("sentence", ("style_change=1,2",), 1, "style_change: expected a number in"),
        ("sentence", ("steps=1", "steps=2"), 1, "grid: expected each setting once"),
        ("sentence", ("n_inv=2", "world.n_inv=3"), 1, "grid: expected each setting once"),
        ("sentence", ("steps=10,10",), 1, "grid: expected"),
        ("sentence", (), 1, "grid: expected"),
        ("sentence", ("steps=10",), 0, "seeds: expected an integer of at least 1, got 0"),
    ],
)
def test_bad_usage_is_refused_and_nothing_written(tiny_study, tmp_path, study, grids, seeds, text):  # noqa: ARG001
    with pytest.raises(ArgumentError, match=text):
        sweep(study, grids, seeds, tmp_path / "sweeps")
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_place_of_the_folder_is_refused(tiny_study, tmp_path):  # noqa: ARG001
    (tmp_path / "sweeps").write_text("")
    with pytest.raises(ArgumentError, match="out: expected a directory"):
        sweep("sentence", ("steps=10",), 1, tmp_path / "sweeps")


def test_a_study_of_other_metrics_is_swept_and_drawn(tmp_path):
    """Composition: its rows say nothing of the base that a sweep may have changed."""
    base = STUDIES["composition"].base()
    grids = ("steps=2", "optimizer.learning_rate=0.01,0.02")
    rows, names = sweep("composition", grids, 1, tmp_path)
    assert {row.labels["optimizer.learning_rate"] for row in rows} == {0.01, 0.02}
    assert all(row.labels["steps"] == 2 for row in rows)
    assert not any(base.parameters.keys() & row.labels.keys() for row in rows)
    measured = {row.metric for row in select(rows, role="measured")}
    assert {"text score", "retrieval", "held-out loss"} <= measured
    (png, _) = draw_sweep(rows, names, tmp_path)
    width, height = (int(size) for size in imread(png).shape[1::-1])
    assert width > 1000
    assert height > 800


@pytest.mark.parametrize(
    ("study", "grid", "text"),
    [
        (
            "trained_price",
            "batch_size=64,16384",
            "batch_size: expected at most 8192, ",
        ),
        ("composition", "batch_size=64,16384", "batch_size: expected at most 8192, "),
        ("vision", "max_objects=2,3", "world: expected orbits of SWAP .* number of scenes"),
        ("blind_images", "max_objects=2,3", "max_objects: expected 2, which change places, got 3"),
        ("blind_images", "images.resolution=24,16", "patch: expected a side that divides"),
        ("hard_negatives", "world.world.pairs=256,3", "n: expected at most 3, the pairs of"),
        (
            "sentence",
            "batch_size=512,10000000000",
            "memory: expected a training step",
        ),
    ],
)
def test_the_last_point_is_checked_before_the_first_is_trained(
    tmp_path, monkeypatch, study, grid, text
):
    monkeypatch.setattr("experiments.training.run.train", None)
    with pytest.raises(ArgumentError, match=text):
        sweep(study, (grid, "steps=1"), 1, tmp_path / "sweeps")
    assert list(tmp_path.iterdir()) == []


def test_a_table_that_cannot_be_written_is_said_before_work(tiny_study, tmp_path, monkeypatch):  # noqa: ARG001
    monkeypatch.setattr("experiments.training.run.train", None)
    (tmp_path / "sweep.csv").mkdir()
    with pytest.raises(ArgumentError, match="out: expected a file or none, got the folder"):
        sweep("sentence", ("steps=10",), 1, tmp_path)
