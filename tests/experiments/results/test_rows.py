"""Rows survive CSV, and intervals are Student's."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from hypothesis import example, given
from hypothesis import strategies as st

from experiments.results.record import COLUMNS, Row, select
from experiments.results.statistics import less, mean_and_interval
from experiments.results.table import read_rows, write_rows
from scm.arguments import ArgumentError

ROWS = [
    Row("sentence", "T2", "dag content", 0, "r2", 0.1 + 0.2, {"kind": "claim", "causal": True}),
    Row("sentence", "T2", "pi = 1", 1, "r2", 1e-300, {"kind": "finding", "style_change": 0.75}),
    Row("sentence", "T2", '"a", b', 1, "loss", -3.0, {"step": 100, "kind": "claim"}),
]
FINITE = st.floats(allow_nan=False, allow_infinity=False)


def test_rows_survive_csv(tmp_path):
    write_rows(tmp_path / "rows.csv", ROWS)
    assert read_rows(tmp_path / "rows.csv") == ROWS


@given(value=FINITE)
@example(value=0.1 + 0.7)
def test_values_survive_csv_to_the_last_bit(tmp_path_factory, value):
    path = tmp_path_factory.mktemp("rows") / "rows.csv"
    write_rows(path, [Row("s", "T2", "a", 0, "r2", value)])
    assert read_rows(path)[0].value == value


def test_names_that_look_like_missing_values_survive(tmp_path):
    rows = [Row("s", "T2", name, 0, "r2", 0.5, {"style": name}) for name in ("None", "NA", "nan")]
    write_rows(tmp_path / "rows.csv", rows)
    assert read_rows(tmp_path / "rows.csv") == rows


def test_a_label_that_is_a_number_in_one_study_and_text_in_another_survives(tmp_path):
    rows = [
        Row(study, "T2", "a", 0, "r2", 0.5, {"size": size})
        for study, size in (("one", 256), ("other", "novel"), ("third", 0.25))
    ]
    write_rows(tmp_path / "rows.csv", rows)
    assert read_rows(tmp_path / "rows.csv") == rows


LABELS = (
    st.text()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.sampled_from(
        [
            "123456789012e045",
            "1.0",
            "nan",
            "inf",
            "",
            "True",
            "007",
            " 1",
            "1 ",
            "None",
            "NA",
            "0x1",
        ]
    )
)


@given(texts=st.lists(st.text(), min_size=4, max_size=4), labels=st.lists(LABELS, max_size=4))
@example(texts=["1.0", "nan", "", "a\r\nb"], labels=["123456789012e045", "", " 1", 1.0])
def test_text_stays_text_and_numbers_stay_numbers(tmp_path_factory, texts, labels):
    path = tmp_path_factory.mktemp("rows") / "rows.csv"
    study, claim, setting, metric = texts
    named = {f"label, {i}": label for i, label in enumerate(labels)}
    rows = [
        Row(study, claim, setting, 0, metric, 0.5, named),
        Row("sentence", "T2", "setting", 0, "r2", 0.5, {"label, 0": 0.25}),
    ]
    write_rows(path, rows)
    found = read_rows(path)
    assert found == rows
    assert [type(value) for value in found[0].labels.values()] == [type(one) for one in labels]


def test_pandas_reads_the_table_too(tmp_path):
    rows = [
        Row(
            "s",
            "T2",
            'say "a", b',
            seed,
            "r2",
            0.1 + 0.2,
            {"run": run, "step": 100, "shared": True},
        )
        for seed, run in enumerate(("123456789012e045", "0a1b2c3d4e5f6071"))
    ]
    rows.append(Row("s", "T2", "c", 0, "loss", math.nan))
    write_rows(tmp_path / "rows.csv", rows)
    table = pd.read_csv(tmp_path / "rows.csv")
    assert list(table.columns) == [*COLUMNS, "run", "step", "shared"]
    assert list(table.run[:2]) == ["123456789012e045", "0a1b2c3d4e5f6071"]
    assert list(table.setting) == ['say "a", b', 'say "a", b', "c"]
    assert list(table.value[:2]) == [0.1 + 0.2] * 2
    assert np.isnan(table.value[2])
    assert table.step.dtype == float
    assert (
        pd.read_csv(tmp_path / "rows.csv", dtype={"run": str}, nrows=1).run[0]
        == rows[0].labels["run"]
    )


def test_numbers_of_numpy_become_pythons():
    row = Row("s", "T2", "a", 3, "r2", 0.5, {"K": np.int64(64), "rho": np.float32(0.5)})
    assert {name: type(value) for name, value in row.labels.items()} == {"K": int, "rho": float}
    assert json.loads(json.dumps(row.to_json()))["rho"] == 0.5


@pytest.mark.parametrize("line", ['"s,T2,a,0,r2,0.5', '"s"x,T2,a,0,r2,0.5'])
def test_quotes_that_do_not_close_are_refused(tmp_path, line):
    path = tmp_path / "rows.csv"
    path.write_text(",".join(COLUMNS) + f"\n{line}\n")
    with pytest.raises(ArgumentError, match="expected a table of results"):
        read_rows(path)


def test_a_table_that_lost_its_quotes_is_read(tmp_path):
    """As a spreadsheet may write it, with line ends of its own."""
    path = tmp_path / "rows.csv"
    path.write_bytes((",".join(COLUMNS) + ",rho\r\ns,T2,a,0,r2,0.5,1\r\n").encode())
    assert read_rows(path) == [Row("s", "T2", "a", 0, "r2", 0.5, {"rho": 1})]


def test_no_rows_survive(tmp_path):
    write_rows(tmp_path / "rows.csv", [])
    assert read_rows(tmp_path / "rows.csv") == []


def test_a_value_that_is_nan_stays_one(tmp_path):
    write_rows(tmp_path / "rows.csv", [Row("s", "T2", "a", 0, "r2", math.nan)])
    assert math.isnan(read_rows(tmp_path / "rows.csv")[0].value)


def test_json_survives():
    assert [Row.from_json(row.to_json()) for row in ROWS] == ROWS


def test_select_reads_columns_and_labels():
    assert select(ROWS, metric="r2", kind="claim") == ROWS[:1]
    assert select(ROWS, seed=1) == ROWS[1:]
    assert select(ROWS, nothing=1) == []


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=9))
def test_the_interval_is_students(values):
    mean, interval = mean_and_interval(values)
    assert interval is not None
    error = np.std(values, ddof=1) / math.sqrt(len(values))
    if error == 0:
        assert interval == (mean, mean)
        return
    wanted = scipy.stats.t.interval(0.95, len(values) - 1, np.mean(values), error)
    # Relative rounding of a sum of at most 9 numbers, in units of the largest of them.
    np.testing.assert_allclose(interval, wanted, rtol=1e-9, atol=1e3 * 9 * 2.3e-16)


def test_one_value_has_no_interval():
    assert mean_and_interval([0.5]) == (0.5, None)


def test_no_value_has_no_mean():
    mean, interval = mean_and_interval([])
    assert math.isnan(mean)
    assert interval is None


def test_differences_are_taken_seed_by_seed():
    """In whatever order seeds come; a seed that one side lacks does not count."""
    one, other = (
        [Row("study", "T10", "setting", seed, "loss", value) for seed, value in values]
        for values in (((0, 1.0), (1, 5.0), (3, 7.0)), ((3, 0.5), (2, 9.0), (0, 0.25)))
    )
    found = less(one, other, metric="above")
    assert [(row.seed, row.metric, row.value) for row in found] == [
        (0, "above", 0.75),
        (3, "above", 6.5),
    ]
    assert {row.metric for row in less(one, other)} == {"loss"}
    assert less(one, []) == []


@pytest.mark.parametrize("content", [None, "", "a,b\n1,2\n", ",".join(COLUMNS[:-1]) + "\n"])
def test_what_is_no_table_of_rows_is_refused(tmp_path, content):
    path = tmp_path / "rows.csv"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ArgumentError) as caught:
        read_rows(path)
    assert str(caught.value).startswith(f"{path}: expected")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("line", ["s,T2,a,0,r2,high", "s,T2,a,first,r2,0.5", "s,T2,,0,r2,0.5"])
def test_a_table_whose_columns_hold_something_else_is_refused(tmp_path, line):
    path = tmp_path / "rows.csv"
    path.write_text(",".join(COLUMNS) + f"\n{line}\n")
    with pytest.raises(ArgumentError, match="expected"):
        read_rows(path)


def test_a_folder_in_its_place_is_refused(tmp_path):
    with pytest.raises(ArgumentError, match="expected a table of results"):
        read_rows(tmp_path)
