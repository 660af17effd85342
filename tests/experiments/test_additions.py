"""An operator, a claim, a study with its figure: each is what it says, and one registration."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass

import numpy as np
import pytest
from matplotlib.figure import Figure

from experiments.results.record import Measurement, values
from experiments.results.table import read_rows
from experiments.studies import STUDIES, Setting, Study
from experiments.studies.shared.verdicts import exact_verdicts
from figures import FIGURES
from proofs_check import CLAIMS, T6, Claim, Comparison, Control, assert_claim, caption_world
from scm import OPERATORS, SceneConfig, apply_to_caption

SIDE_BY_SIDE = SceneConfig(nouns=("bulb", "rug"))


@dataclass(frozen=True)
class Mirror:
    """Exchanges the first object and the last."""

    name = "MIRROR"

    def variants(self, grammar, rows):
        mirrored = rows.copy()
        first = grammar.object_columns(0)
        last = grammar.object_columns(grammar.space.max_objects - 1)
        mirrored[:, first + last] = rows[:, last + first]
        return mirrored[:, None, :], grammar.well_formed(mirrored)[:, None]


def test_an_operator_is_listed_shown_and_checked(tokenscm, hold):
    hold(OPERATORS)
    OPERATORS.register("MIRROR", Mirror)
    assert "MIRROR" in tokenscm("list")[1]
    mirrored = apply_to_caption(Mirror(), SIDE_BY_SIDE.grammar, "a bulb left of a rug")
    assert mirrored == ("a rug left of a bulb",)
    drawn = {"a bulb left of a rug": 1.0}
    assert_claim(T6, caption_world(SIDE_BY_SIDE, drawn, [Mirror()]))


def differ(difference):
    return lambda world: [Comparison("difference", "~=", difference, float(np.ptp(world)))]


MINE = Claim(
    id="T99",
    title="Numbers are equal",
    statement="Numbers of a world are equal.",
    conditions="None.",
    source="a user",
    requires=(),
    measure=differ(0.0),
    worlds={"equal": lambda: np.ones(3)},
    controls=(Control("unequal", lambda: np.arange(3.0), differ(2.0)),),
)


def test_a_claim_is_listed_and_checked(tokenscm, hold, tmp_path):
    hold(CLAIMS)
    CLAIMS.register("T99", MINE)
    assert "Numbers of a world are equal." in tokenscm("list")[1]
    assert tokenscm("check", "--only", "T99")[0] == 0
    verdicts = json.loads((tmp_path / "checks" / "verdicts.json").read_text())
    assert [(v["id"], v["holds"]) for v in verdicts] == [
        ("T99/equal/difference", True),
        ("T99/unequal/difference", True),
    ]
    with pytest.raises(AssertionError, match="T99: expected difference ~= 0, measured 2"):
        assert_claim(MINE, np.arange(3.0))


class Parity(Study):
    """Which numbers are even?"""

    name = "parity"
    version = 1
    claims = ("T2",)
    title = "Which numbers are even?"

    def settings(self, preset):
        return [
            Setting(f"{size}", None, {"size": size}) for size in (2, 3)[: 1 + (preset == "full")]
        ]

    def measure(self, setting, seeds):
        assert not seeds
        yield Measurement("remainder", float(setting.parameters["size"] % 2), None)

    def derive(self, rows):
        for row in rows:
            yield dataclasses.replace(row, metric="rest", value=1 - row.value)

    def verdicts(self, rows, seconds):
        (rest,) = values(rows, metric="rest", setting="2")
        return exact_verdicts(self, "2", [Comparison("rest", "~=", 1.0, rest)], seconds=seconds)


def draw(rows):
    figure = Figure()
    figure.subplots().plot(values(rows, metric="rest"), "o")
    return figure


def test_a_study_is_measured_judged_and_drawn(tokenscm, hold, tmp_path):
    hold(STUDIES)
    hold(FIGURES)
    STUDIES.register(Parity.name, Parity())
    FIGURES.register(Parity.name, draw)
    assert "Which numbers are even?" in tokenscm("list")[1]
    code, _, err = tokenscm("check", "--only", "T2")
    assert (code, err) == (0, "")
    rows = [row for row in read_rows(tmp_path / "checks" / "results.csv") if row.study == "parity"]
    assert [(row.metric, row.value, row.labels["size"]) for row in rows] == [
        ("remainder", 0.0, 2),
        ("rest", 1.0, 2),
    ]
    verdicts = json.loads((tmp_path / "checks" / "verdicts.json").read_text())
    assert [v["holds"] for v in verdicts if v["study"] == "parity"] == [True]
    assert (tmp_path / "checks" / "figures" / "parity.png").stat().st_size > 1000
    assert (tmp_path / "checks" / "figures" / "parity.pdf").stat().st_size > 1000
