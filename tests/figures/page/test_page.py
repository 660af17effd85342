"""The page says what the files say, needs nothing else, and is whole or not there."""

from __future__ import annotations

import base64
import hashlib
import math
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from matplotlib.figure import Figure

from experiments.results.record import Row
from figures import FIGURES, FigureError
from figures.page import draw_report, write_page
from proofs_check import CLAIMS
from scm.arguments import ArgumentError
from tests.figures.page.folders import (
    HOSTILE,
    VERDICTS,
    make_report,
    make_sweep,
    spoil,
    verdict,
)

REFERRING = ("href", "src", "srcset", "action", "data", "poster", "xlink:href")


class Page(HTMLParser):
    """Elements by name with their attributes, scripts, and all text but scripts and styles."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.scripts, self.said, self.inside = [], [], [], ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.inside = tag

    def handle_data(self, data):
        kept = self.scripts if self.inside == "script" else self.said
        if self.inside != "style":
            kept.append(data)

    def handle_endtag(self, tag):  # noqa: ARG002
        self.inside = ""

    @property
    def text(self):
        return " ".join(" ".join(self.said).split())

    def values(self, *names):
        return [value for _, of in self.elements for name, value in of.items() if name in names]


@pytest.fixture
def report(measured, tmp_path):
    return make_report(tmp_path / "report", rows=measured("orbits").rows)


def page_of(directory):
    return Page(write_page(directory).read_text(encoding="utf-8"))


def test_every_statement_is_told_with_its_figure(report):
    page = page_of(report)
    for claim in ("T6", "T7", "T8"):
        assert claim.lower() in page.values("id")
        assert CLAIMS[claim].title in page.text
        assert CLAIMS[claim].statement in page.text
    assert "Some optimum is blind on orbit O iff r is constant on O ∩ S." in page.text
    assert "31 of 31" in page.text
    assert "orbits-figure" in page.values("id")
    assert [tag for tag, _ in page.elements].count("svg") == 1
    # Theory of all others is there, so that links lead somewhere.
    assert "t18" in page.values("id")


def test_names_are_unique_and_links_lead_somewhere(report, measured):
    rows = [*measured("orbits").rows, *measured("depth").rows]
    page = page_of(make_report(report, rows=rows))
    assert [tag for tag, _ in page.elements].count("svg") == 2
    count = Counter(page.values("id"))
    assert [name for name, n in count.items() if n > 1] == []
    links = page.values("href", "xlink:href", "aria-labelledby")
    targets = {link.removeprefix("#") for link in links if link != "data:,"}
    assert targets <= set(count)
    text = (report / "report.html").read_text(encoding="utf-8")
    assert set(re.findall(r"url\(#([^)]*)\)", text)) <= set(count)


def test_nothing_is_asked_of_anywhere_else(report):
    page = page_of(report)
    assert all(value.startswith(("#", "data:")) for value in page.values(*REFERRING))
    assert [tag for tag, _ in page.elements if tag in ("iframe", "object", "embed", "img")] == []
    styles = re.findall(r"<style>(.*?)</style>", (report / "report.html").read_text(), re.DOTALL)
    assert len(styles) == 1
    assert not re.search(r"@import|url\(", styles[0])


def test_only_our_scripts_may_run(report):
    page = page_of(report)
    (policy,) = [of["content"] for _, of in page.elements if "http-equiv" in of]
    digests = [base64.b64encode(hashlib.sha256(s.encode()).digest()) for s in page.scripts]
    assert len(digests) == 2
    assert re.findall(r"'sha256-(.*?)'", policy) == [one.decode() for one in digests]
    assert "default-src 'none'" in policy
    assert page.scripts[0].count("globalThis.DataTable=") == 1
    assert "export{" not in page.scripts[0]


def test_text_of_rows_and_verdicts_is_text(measured, tmp_path):
    words = ("caption", "result")
    rows = [
        replace(
            row,
            labels=row.labels
            | {name: HOSTILE + row.labels[name] for name in words if name in row.labels},
        )
        for row in measured("orbits").rows
    ]
    made = {"command": HOSTILE, "packages": {HOSTILE: HOSTILE}, "devices": [HOSTILE]}
    verdicts = [verdict(setting=HOSTILE, metric='"><img src=x onerror=alert(1)>')]
    page = page_of(make_report(tmp_path / "report", verdicts, rows, made))
    assert len(page.scripts) == 2
    assert page.text.count(HOSTILE) > 4
    assert "img" not in [tag for tag, _ in page.elements]
    assert not [name for _, of in page.elements for name in of if name.startswith("on")]


def test_a_sweep_has_its_rows_and_its_figure(tmp_path):
    page = page_of(make_sweep(tmp_path))
    assert "Sweep of world.law, steps" in page.text
    assert [tag for tag, _ in page.elements].count("svg") == 1
    assert len(page.scripts) == 2
    (table,) = [of for tag, of in page.elements if tag == "table" and of.get("id") == "sweep-rows"]
    assert "data-sorts" in table
    assert page.text.count("gaussian") >= 4


def test_findings_alone_make_a_page(tmp_path):
    verdicts = [verdict(kind="finding", method="data", measured=n) for n in (0.0, 1.0)]
    page = page_of(make_report(tmp_path / "captions", verdicts))
    assert "1 of 2 findings hold" in page.text


def test_what_fails_stands_on_top(report):
    broken = verdict(setting="broken", measured=math.nan)
    text = page_of(make_report(report, [*VERDICTS, broken])).text
    assert "1 of 33 claims and controls fails" in text
    assert text.index("What does not hold") < text.index("broken") < text.index("Thinnest margin")


def test_the_page_says_what_computed_it_and_not_where(report):
    page = page_of(report)
    assert "tokenscm check --out …/checks --only T6" in page.text
    assert "jax 0.10.2" in page.text
    assert "somebody" not in (report / "report.html").read_text(encoding="utf-8")


def test_the_same_files_give_the_same_bytes(report):
    assert len({write_page(report).read_bytes() for _ in range(2)}) == 1


def test_a_small_report_is_a_small_page(report):
    assert write_page(report).stat().st_size < 1_500_000


TRUNCATED, FOREIGN = '[{"id": "T6', "a foreign file"


@pytest.mark.parametrize(
    ("name", "spoilt", "said"),
    [
        ("verdicts.json", lambda path: path.unlink(), "verdicts.json: expected verdicts"),
        ("verdicts.json", lambda path: path.write_text(TRUNCATED), "got JSONDecodeError"),
        ("verdicts.json", lambda path: path.write_text("{}"), "got dict"),
        ("verdicts.json", lambda path: path.write_text("[1]"), "got 1"),
        ("verdicts.json", lambda path: path.write_text('[{"a": 1}]'), "id: expected text"),
        ("verdicts.json", lambda path: path.write_text("[NaN]"), "got ValueError"),
        ("manifest.json", lambda path: path.write_text("[]"), "expected the manifest"),
        ("results.csv", lambda path: path.write_text(FOREIGN), "results.csv: expected the columns"),
    ],
)
def test_what_is_no_report_is_refused_in_a_sentence(report, name, spoilt, said):
    before = write_page(report).read_bytes()
    spoilt(report / name)
    with pytest.raises(ArgumentError, match=re.escape(said)) as raised:
        write_page(report)
    assert "\n" not in str(raised.value)
    assert name in str(raised.value)
    assert (report / "report.html").read_bytes() == before
    assert not [path for path in report.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("measured", "much", "measured: expected a number or null"),
        ("claim", "T99", "claim: expected one of T2"),
        ("relation", "!=", "relation: expected one of"),
        ("interval", [1], "interval: expected two numbers"),
        ("setting", 3, "setting: expected text"),
    ],
)
@pytest.mark.usefixtures("as_users_run")
def test_a_verdict_that_is_none_is_refused(report, field, value, said):
    spoil(report, "verdicts.json", lambda verdicts: [verdicts[0] | {field: value}])
    with pytest.raises(ArgumentError, match=said):
        write_page(report)


def test_a_folder_without_results_is_refused(tmp_path):
    with pytest.raises(ArgumentError, match=r"directory: expected a folder with results.csv, "):
        write_page(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_drawn_leaves_results_and_no_page_of_others(hold, tmp_path):
    def broken(_):
        raise KeyError("no such row")

    rows = [Row("orbits", "T6", "s", 0, "m", 1.0)]
    report = make_report(tmp_path / "report", rows=rows)
    hold(FIGURES, {"orbits": lambda _: Figure()})
    assert (report / "report.html") in draw_report(report)
    before = {path: path.read_bytes() for path in report.iterdir() if path.is_file()}
    hold(FIGURES, {"orbits": broken})
    with pytest.raises(FigureError, match="figure orbits cannot be drawn"):
        draw_report(report)
    after = {path: path.read_bytes() for path in report.iterdir() if path.is_file()}
    assert after == {path: of for path, of in before.items() if path.name != "report.html"}
