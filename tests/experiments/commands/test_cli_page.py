"""`tokenscm report`, and the page that other commands leave."""

from __future__ import annotations

import pytest

from figures import FIGURES
from figures.page import write_page


def test_a_report_gets_its_page_again(tokenscm, report):
    code, out, err = tokenscm("report", "results")
    assert (code, out, err) == (0, "results/report.html\n", "")
    page = report / "report.html"
    before = page.read_bytes()
    assert b"independent content" in before
    assert b"sentence-figure" in before
    assert tokenscm("report", "results")[0] == 0
    assert page.read_bytes() == before


def test_a_sweep_leaves_a_page(tokenscm, tmp_path, tiny_study):  # noqa: ARG001
    code, out, _ = tokenscm("sweep", "sentence", "--grid", "law=independent,gaussian")
    assert code == 0
    assert out.splitlines()[-1] == "sweeps/report.html"
    page = tmp_path / "sweeps" / "report.html"
    before = page.read_bytes()
    assert b"sweep-figure" in before
    assert write_page(tmp_path / "sweeps").read_bytes() == before


@pytest.mark.parametrize("folder", ["nowhere", "empty"])
def test_a_folder_without_results_is_exit_2(tokenscm, tmp_path, folder):
    (tmp_path / "empty").mkdir()
    assert tokenscm("report", folder) == (
        2,
        "",
        "tokenscm: directory: expected a folder with results.csv, verdicts.json, manifest.json "
        f"or sweep.csv, got '{folder}'\n",
    )
    assert [path.name for path in tmp_path.iterdir()] == ["empty"]


def test_what_is_damaged_is_exit_2_in_one_sentence(tokenscm, report, snapshot):
    path = report / "verdicts.json"
    path.write_bytes(path.read_bytes()[:-100])
    before = snapshot(report)
    code, out, err = tokenscm("report", "results")
    assert (code, out) == (2, "")
    assert err == (
        "tokenscm: results/verdicts.json: expected verdicts of a report, got JSONDecodeError\n"
    )
    assert snapshot(report) == before


def test_rows_that_cannot_be_drawn_are_exit_2(tokenscm, report, snapshot, hold):
    def broken(_):
        raise KeyError("metric")

    before = snapshot(report)
    hold(FIGURES, {"sentence": broken})
    code, out, err = tokenscm("report", "results")
    assert (code, out) == (2, "")
    assert err == (
        "tokenscm: results: expected complete rows of a report, got rows of which figure sentence "
        "cannot be drawn (KeyError: 'metric')\n"
    )
    assert snapshot(report) == before


def test_a_folder_in_the_place_of_the_page_is_said(tokenscm, report):
    (report / "report.html").mkdir()
    code, _, err = tokenscm("report", "results")
    assert code == 2
    assert err == (
        "tokenscm: directory: expected a file or none, got the folder 'results/report.html'\n"
    )
