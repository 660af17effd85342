"""What changed between two folders, in standard errors."""

from __future__ import annotations

import dataclasses
import json
import math

import numpy as np
import pytest
from scipy.stats import ttest_ind

from experiments.compare import compare, compare_rows, compare_verdicts
from experiments.results.record import Row
from experiments.results.statistics import mean_and_interval
from experiments.results.table import write_rows
from proofs_check import Verdict
from scm.arguments import ArgumentError

BEFORE = (0.51, 0.49, 0.53, 0.47, 0.50)
AFTER = (0.61, 0.60, 0.57, 0.66, 0.63)


def rows(values, metric="R2", **labels):
    return [Row("s", "T2", "a", seed, metric, value, labels) for seed, value in enumerate(values)]


def verdict(values, **changes):
    mean, interval = mean_and_interval(values)
    fields = {
        "id": "T2/a",
        "claim": "T2",
        "kind": "claim",
        "method": "trained",
        "study": "s",
        "setting": "a",
        "metric": "R2",
        "relation": "<=",
        "predicted": 0.55,
        "measured": mean,
        "interval": interval,
        "tolerance": 0.0,
        "seconds": 0.0,
    }
    return Verdict(**(fields | changes))


def test_rows_differ_by_standard_errors_of_means_over_seeds():
    found = compare_rows(
        [*rows(BEFORE, target="z"), *rows(BEFORE, target="w"), *rows(BEFORE, "loss")],
        [*rows(AFTER, target="z", run="other"), *rows(BEFORE, target="w"), *rows(AFTER, "ties")],
    )
    # Welch's statistic, as scipy has it.
    (change,) = found.changes
    statistic, _ = ttest_ind(AFTER, BEFORE, equal_var=False)
    assert change.errors == pytest.approx(statistic)
    assert (change.before, change.after) == (np.mean(BEFORE), np.mean(AFTER))
    assert "R2" in change.what
    assert "z" in change.what
    assert (found.same, len(found.gone), len(found.new)) == (1, 1, 1)


def test_verdicts_that_turn_come_first():
    exact = {"method": "exact", "interval": None, "tolerance": 1e-9}
    before = [
        verdict(BEFORE, id="same"),
        verdict(BEFORE, id="moved", predicted=9.0),
        verdict(BEFORE, id="turned"),
        verdict(BEFORE, id="rounded", measured=0.5, **exact),
        verdict(BEFORE, id="gone"),
    ]
    after = [
        verdict(BEFORE, id="same", seconds=3.0),
        verdict(AFTER, id="moved", predicted=9.0),
        verdict((0.551, 0.552), id="turned"),
        verdict(BEFORE, id="rounded", measured=0.5 + 1e-12, **exact),
        verdict(BEFORE, id="new"),
    ]
    found = compare_verdicts(before, after)
    assert [one.what for one in found.changes] == ["turned", "moved", "rounded"]
    assert [one.turned for one in found.changes] == ["does not hold", "", ""]
    assert found.changes[-1].errors < 0.01
    assert (found.same, found.gone, found.new) == (1, ("gone",), ("new",))


def test_one_seed_has_no_standard_error():
    (change,) = compare_rows(rows((0.5,)), rows((0.6,))).changes
    assert math.isnan(change.errors)


@pytest.fixture
def folders(tmp_path):
    for name, values in (("a", BEFORE), ("b", AFTER)):
        (tmp_path / name).mkdir()
        write_rows(tmp_path / name / "results.csv", rows(values))
        judged = [verdict(values).to_json()]
        (tmp_path / name / "verdicts.json").write_text(json.dumps(judged))
    return tmp_path / "a", tmp_path / "b"


def test_the_command_says_what_turned(tokenscm, folders):
    code, out, err = tokenscm("compare", *folders)
    assert (code, err) == (1, "")
    assert "verdicts: 0 the same, 1 changed, 0 only before, 0 only after" in out
    assert "does not hold" in out
    code, out, _ = tokenscm("compare", folders[0], folders[0])
    assert code == 0
    assert "verdicts: 1 the same, 0 changed" in out
    assert "rows: 1 the same, 0 changed" in out


def test_sweeps_are_compared_by_rows_alone(tokenscm, tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_rows(tmp_path / name / "sweep.csv", rows(BEFORE))
    code, out, _ = tokenscm("compare", "a", "b")
    assert code == 0
    assert "verdicts" not in out


def test_what_holds_no_results_is_named(folders, tmp_path):
    with pytest.raises(ArgumentError, match=r"dir: expected folders of results, got .* without"):
        compare(tmp_path, folders[0])
    (folders[1] / "results.csv").rename(folders[1] / "sweep.csv")
    with pytest.raises(ArgumentError, match=r"without results\.csv"):
        compare(*folders)
    (folders[0] / "verdicts.json").write_text("[")
    (folders[1] / "sweep.csv").rename(folders[1] / "results.csv")
    with pytest.raises(ArgumentError, match=r"verdicts\.json: expected verdicts"):
        compare(*folders)


def test_a_verdict_without_what_later_versions_say_is_read():
    fields = verdict(BEFORE).to_json()
    del fields["headline"]
    assert Verdict.from_json(fields) == verdict(BEFORE)
    marked = dataclasses.replace(verdict(BEFORE), headline=True)
    assert Verdict.from_json(marked.to_json()) == marked
