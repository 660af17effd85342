"""Exact studies: rows against closed forms, and what every study keeps to."""

from __future__ import annotations

import dataclasses
import json
import math
import time

import numpy as np
import pytest

from experiments.results.record import Row, select, values
from experiments.results.table import read_rows, write_rows
from experiments.studies import STUDIES, Study
from figures import FIGURES
from scm.arguments import ArgumentError
from tests.experiments.study_rows import EXACT

ATOMIC = ("SWAP", "REPLACE", "ADD")

SECONDS = 30.0
"""Of processor time: far above what any takes, the checks of types included."""


@pytest.fixture
def exact(measured):
    """A function from a study to its rows."""
    return lambda name: measured(name).rows


def test_all_are_tested_and_come_first():
    assert tuple(STUDIES)[: len(EXACT)] == EXACT
    for name, study in STUDIES.items():
        trains = {setting.run is not None for setting in study.settings("quick")}
        assert trains == {name not in EXACT}


@pytest.mark.parametrize("name", EXACT)
def test_a_study_keeps_to_the_protocol(name, exact, tmp_path):
    study = STUDIES[name]
    assert isinstance(study, Study)
    assert study.name == name
    assert name in FIGURES
    start = time.process_time()
    rows = exact(name)
    assert time.process_time() - start < SECONDS
    assert {row.study for row in rows} == {name}
    assert {row.claim for row in rows} <= set(study.claims)
    assert {row.setting for row in rows} == {one.name for one in study.settings("full")}
    assert all(math.isfinite(row.value) for row in rows)
    # Rows go through JSON, as units, and through CSV.
    assert [Row.from_json(json.loads(json.dumps(row.to_json()))) for row in rows] == rows
    write_rows(tmp_path / "results.csv", rows)
    assert read_rows(tmp_path / "results.csv") == rows


@pytest.mark.parametrize("name", EXACT)
def test_there_is_nothing_to_train_and_nothing_to_sweep(name):
    setting = STUDIES[name].settings("quick")[0]
    with pytest.raises(ArgumentError, match=f"expected one that trains, got '{setting.name}'"):
        _ = setting.trained
    with pytest.raises(ArgumentError, match=f"expected one that trains, got '{name}'"):
        STUDIES[name].base()


LARGEST = 4096
"""The largest batch of the study of pseudo-optima."""

TURNS = {
    "depth": {
        "growth at the deepest words": ({"metric": "hard negatives", "depth": 6}, -1.0),
        "growth beyond depth 1": ({"metric": "hard negatives", "depth": 1}, -1.0),
    },
    "fold": {
        "|det Dh| / p, furthest": ({"metric": "|det Dh| / p"}, 1e-6),
        "codes of partners apart": ({"metric": "shared code", "half": "lower", "line": "b"}, 1e-6),
    },
    "orbits": {
        "price where every orbit permits blindness": ({"metric": "price"}, 1e-6),
        "price where one orbit does not": ({"metric": "price"}, -10.0),
    },
    "price": {"price above its formula, at most": ({"metric": "price above its formula"}, -1e-6)},
    "pseudo_optima": {
        "loss of g** and g*, furthest apart": (
            {"metric": "loss", "encoder": "g**", "K": LARGEST},
            1e-6,
        ),
        "hard-negative score of g*": ({"metric": "hard-negative score", "encoder": "g*"}, -0.1),
        "hard-negative score of g**": ({"metric": "hard-negative score", "encoder": "g**"}, 0.1),
        "loss of the second word above g*, largest batch": (
            {"metric": "loss", "encoder": "second word", "K": LARGEST},
            -10.0,
        ),
    },
    "readings": {
        f"{metric}, {operators}": ({"metric": metric, "operator": operators}, -0.1)
        for metric, made in (
            ("agreement with the operator", ATOMIC),
            ("read as no deeper word", [f"{one}, {two}" for one in ATOMIC for two in ATOMIC]),
        )
        for operators in made
    },
    "surcharge": {
        "least by which shared negatives cost more": (
            {"encoder": "blind", "negatives": "shared", "by": "M", "M": 1},
            -1.0,
        ),
        "largest step by K": (
            {"encoder": "blind", "negatives": "own-only", "by": "K", "K": 1024},
            0.1,
        ),
        "largest surcharge": (
            {"encoder": "true optimum", "negatives": "own-only", "by": "K", "K": 1024},
            1e-6,
        ),
    },
}
"""What turns each verdict of exact studies and no other: the rows to move, and by how much. Where a
setting has several such rows, one of them is enough."""


@pytest.mark.parametrize("name", EXACT)
def test_every_verdict_turns_when_one_of_its_rows_does(name, exact):
    study, rows = STUDIES[name], exact(name)
    verdicts = study.verdicts(rows, {})
    assert all(verdict.holds and verdict.gates for verdict in verdicts)
    assert all(verdict.method == "exact" and verdict.study == name for verdict in verdicts)
    assert {verdict.claim for verdict in verdicts} <= set(study.claims)
    assert len({verdict.id for verdict in verdicts}) == len(verdicts)
    assert {verdict.metric for verdict in verdicts} == set(TURNS[name])
    for verdict in verdicts:
        wanted, by = TURNS[name][verdict.metric]
        where = {} if name == "surcharge" else {"setting": verdict.setting}
        chosen = select(rows, **where, **wanted)[-1]
        moved = [
            dataclasses.replace(row, value=row.value + by) if row is chosen else row for row in rows
        ]
        turned = {one.id for one in study.verdicts(moved, {}) if not one.holds}
        assert turned == {verdict.id}


@pytest.mark.parametrize("name", EXACT)
def test_verdicts_of_some_settings_are_those_of_all(name, exact):
    """And each says the seconds of its own setting."""
    study, rows = STUDIES[name], exact(name)
    if name == "surcharge":  # Its settings are compared with one another.
        return
    whole = study.verdicts(rows, {})
    assert {verdict.setting for verdict in whole} == {row.setting for row in rows}
    for setting in dict.fromkeys(row.setting for row in rows):
        alone = study.verdicts(select(rows, setting=setting), {setting: 7.0})
        assert [dataclasses.replace(one, seconds=0.0) for one in alone] == [
            one for one in whole if one.setting == setting
        ]
        assert {one.seconds for one in alone} == {7.0}


def test_a_price_above_its_formula_is_the_exact_one_less_the_formula(exact):
    rows = exact("price")
    formulas = {
        "SWAP": lambda rho, _: rho * math.log(2),
        "REPLACE": lambda rho, _: rho * math.log(3),
        "SWAP, scenes equiprobable": lambda rho, _: 2 * rho / (1 + rho) * math.log(2),
        "bag of words over two-word objects": lambda rho, _: (rho + 0.5) * math.log(2),
    }
    for setting, formula in formulas.items():
        here = select(rows, setting=setting)
        paid, errors = (
            select(here, role="exact", metric="price"),
            select(here, metric="price above its formula"),
        )
        for one, error in zip(paid, errors, strict=True):
            assert one.labels == error.labels
            wanted = one.value - formula(one.labels["rho"], None)
            assert error.value == pytest.approx(wanted, abs=1e-14)


def test_prices_lie_on_their_lines(exact):
    rows = select(exact("price"), role="exact", metric="price")

    def price(setting):
        of = select(rows, setting=setting)
        return *(np.array([row.labels[x] for row in of]) for x in ("rho", "theta")), np.array(
            [row.value for row in of]
        )

    for setting, scenes in (("SWAP", 2), ("REPLACE", 3), ("ADD", 4)):
        rho, _, value = price(setting)
        np.testing.assert_allclose(rho, np.arange(11) / 10, atol=1e-12)
        np.testing.assert_allclose(value, rho * np.log(scenes), atol=1e-12)
    rho, _, value = price("SWAP, scenes equiprobable")
    np.testing.assert_allclose(value, 2 * rho / (1 + rho) * np.log(2), atol=1e-12)
    for setting, covered in (("SWAP, odds", 1.0), ("SWAP, odds, half covered", 0.5)):
        rho, theta, value = price(setting)
        assert set(rho) == {covered}
        odds = -theta * np.log(theta) - (1 - theta) * np.log(1 - theta)
        np.testing.assert_allclose(value, covered * odds, atol=1e-12)
    rho, _, value = price("bag of words over two-word objects")
    assert np.all(value > rho * np.log(2) + 0.3)


def test_predicted_prices_are_the_exact_ones(exact):
    predicted = {
        (row.setting, round(row.labels["rho"], 9), round(row.labels["theta"], 9)): row.value
        for row in select(exact("price"), role="predicted")
    }
    of_worlds = select(exact("price"), role="exact", metric="price")
    for row in of_worlds:
        at = (row.setting, round(row.labels["rho"], 9), round(row.labels["theta"], 9))
        assert row.value == pytest.approx(predicted[at], abs=1e-12)


def test_an_optimum_may_be_blind_where_an_orbit_says_one_scene(exact):
    rows = exact("orbits")
    for setting in {row.setting for row in rows}:
        here = select(rows, setting=setting)
        for criterion in select(here, metric="blind optimum exists"):
            orbit = select(here, metric="probability", orbit=criterion.labels["orbit"])
            # In these worlds each caption says a scene of its own.
            assert criterion.value == (sum(row.value > 0 for row in orbit) <= 1)
    (pets,) = select(rows, setting="REPLACE of any atom", metric="blind optimum exists")
    assert pets.value == 0.0


def test_edges_stay_in_orbits(exact):
    rows = exact("orbits")
    for edge in select(rows, metric="edge"):
        captions = select(rows, setting=edge.setting, metric="probability")
        orbits = {row.labels["caption"]: row.labels["orbit"] for row in captions}
        assert orbits[edge.labels["caption"]] == orbits[edge.labels["result"]]


def test_the_fold_is_two_to_one(exact):
    rows = exact("fold")
    for line in "abc":
        lower, upper = (
            select(rows, metric="shared code", line=line, half=half) for half in ("lower", "upper")
        )
        for left, right in zip(lower, upper, strict=True):
            assert left.value == pytest.approx(right.value, abs=1e-12)
            assert left.labels["z_1"] == right.labels["z_1"]
            assert left.labels["z_2"] < 0 < right.labels["z_2"]
    for setting, degree in (("bijection", 1), ("fold", 2)):
        for row in select(rows, setting=setting, metric="|det Dh|"):
            assert row.value == pytest.approx(degree * row.labels["density"], rel=1e-10)


def test_half_of_content_fills_the_square_of_codes(exact):
    for half in ("lower", "upper"):
        codes = select(exact("fold"), metric="code", half=half)
        for coordinate in (1, 2):
            values = [row.value for row in select(codes, coordinate=coordinate)]
            assert 0 < min(values) < 0.03
            assert 0.97 < max(values) < 1


@pytest.mark.parametrize("operator", ["SWAP", "REPLACE", "ADD"])
def test_pseudo_optima_differ_in_composition_alone(operator, exact):
    rows = select(exact("pseudo_optima"), setting=operator)
    true, blind, worse = (select(rows, encoder=encoder) for encoder in ("g*", "g**", "second word"))
    assert values(true, metric="loss") == values(blind, metric="loss")
    assert np.all(np.array(values(worse, metric="loss")) > values(true, metric="loss"))
    # K = 2 and N = 10 equiprobable scenes: log 2 where both pairs are of one.
    assert values(true, metric="loss", K=2)[0] == pytest.approx(math.log(2) / 10, abs=1e-12)
    for of, score, ties in ((true, 1.0, 0.0), (blind, 0.5, 1.0), (worse, 1.0, 0.0)):
        assert values(of, metric="hard-negative score") == [score]
        assert values(of, metric="ties") == [ties]
    assert values(blind, metric="delta") == [0.0]
    assert values(true, metric="delta")[0] > 0.5


def test_hard_negatives_grow_to_a_limit_at_one_price(exact):
    rows = exact("depth")
    for family in {row.setting for row in rows}:
        counts = values(rows, setting=family, metric="hard negatives")
        assert np.all(np.diff(counts) >= 0)
        assert counts[-1] == counts[-2]
        prices = values(rows, setting=family, metric="price")
        np.testing.assert_allclose(prices, prices[0], atol=1e-12)
    # Of 120 scenes, 108 have two objects, of different nouns.
    assert set(values(rows, setting="SWAP of nouns", metric="hard negatives")) == {108 / 120}


def test_surcharges_are_the_closed_forms(exact):
    rows = exact("surcharge")
    for row in select(rows, encoder="blind", negatives="shared"):
        assert row.value == pytest.approx(0.5 * math.log(1 + row.labels["M"]), abs=1e-12)
    assert max(map(abs, values(rows, encoder="true optimum", negatives="own-only"))) < 1e-10
    # K = 2 and 20 equiprobable classes.
    own = values(rows, encoder="blind", negatives="own-only", by="K", K=2)[0]
    assert own == pytest.approx(0.5 * (0.95 * math.log(2) + 0.05 * math.log(1.5)), abs=1e-12)
    falls = values(rows, encoder="blind", negatives="own-only", by="K")
    assert np.all(np.diff(falls) < 0)
    # K = 2: the other caption's negative is true of an image in 1 of 180 batches, where the rest
    # of the batch is not, and of its own colour's eight in turn one is.
    shared = values(rows, encoder="true optimum", negatives="shared", by="K", K=2)[0]
    assert shared == pytest.approx(0.5 * math.log(2) / 180, abs=1e-12)
