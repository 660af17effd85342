"""Exact studies: rows against closed forms, and what every study keeps to."""

from __future__ import annotations

import json
import math
import time

import numpy as np
import pytest

from experiments.results.record import Row, select
from experiments.results.table import read_rows, write_rows
from experiments.studies import EXACT_STUDIES, STUDIES, ExactStudy
from figures import FIGURES

SECONDS = 30.0
"""Far above what any takes, a busy core and the checks of types included."""


@pytest.fixture(scope="module")
def rows_of():
    """A function from a study to its rows, computed once."""
    found = {}

    def of(name):
        if name not in found:
            start = time.perf_counter()
            found[name] = EXACT_STUDIES[name].rows()
            assert time.perf_counter() - start < SECONDS
        return found[name]

    return of


NAMES = ("depth", "fold", "orbits", "price", "pseudo_optima", "surcharge")


def test_all_are_tested():
    assert tuple(EXACT_STUDIES) == NAMES
    assert not set(EXACT_STUDIES) & set(STUDIES)


@pytest.mark.parametrize("name", NAMES)
def test_a_study_keeps_to_the_protocol(name, rows_of, tmp_path):
    study = EXACT_STUDIES[name]
    assert isinstance(study, ExactStudy)
    assert study.name == name
    assert study.figure in FIGURES
    rows = rows_of(name)
    assert {row.study for row in rows} == {name}
    assert {row.claim for row in rows} <= set(study.claims)
    assert all(math.isfinite(row.value) for row in rows)
    # Rows go through JSON, as units, and through CSV.
    assert [Row.from_json(json.loads(json.dumps(row.to_json()))) for row in rows] == rows
    write_rows(tmp_path / "results.csv", rows)
    assert read_rows(tmp_path / "results.csv") == rows


def test_prices_lie_on_their_lines(rows_of):
    rows = select(rows_of("price"), role="exact")

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


def test_predicted_prices_are_the_exact_ones(rows_of):
    predicted = {
        (row.setting, round(row.labels["rho"], 9), round(row.labels["theta"], 9)): row.value
        for row in select(rows_of("price"), role="predicted")
    }
    exact = select(rows_of("price"), role="exact")
    for row in exact:
        at = (row.setting, round(row.labels["rho"], 9), round(row.labels["theta"], 9))
        assert row.value == pytest.approx(predicted[at], abs=1e-12)


def test_an_optimum_may_be_blind_where_an_orbit_says_one_scene(rows_of):
    rows = rows_of("orbits")
    for setting in {row.setting for row in rows}:
        here = select(rows, setting=setting)
        for criterion in select(here, metric="blind optimum exists"):
            orbit = select(here, metric="probability", orbit=criterion.labels["orbit"])
            # In these worlds each caption says a scene of its own.
            assert criterion.value == (sum(row.value > 0 for row in orbit) <= 1)
    (pets,) = select(rows, setting="REPLACE of any atom", metric="blind optimum exists")
    assert pets.value == 0.0


def test_edges_stay_in_orbits(rows_of):
    rows = rows_of("orbits")
    for edge in select(rows, metric="edge"):
        captions = select(rows, setting=edge.setting, metric="probability")
        orbits = {row.labels["caption"]: row.labels["orbit"] for row in captions}
        assert orbits[edge.labels["caption"]] == orbits[edge.labels["result"]]


def test_the_fold_is_two_to_one(rows_of):
    rows = rows_of("fold")
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


def test_half_of_content_fills_the_square_of_codes(rows_of):
    for half in ("lower", "upper"):
        codes = select(rows_of("fold"), metric="code", half=half)
        for coordinate in (1, 2):
            values = [row.value for row in select(codes, coordinate=coordinate)]
            assert 0 < min(values) < 0.03
            assert 0.97 < max(values) < 1


def values(rows, **wanted):
    return [row.value for row in select(rows, **wanted)]


@pytest.mark.parametrize("operator", ["SWAP", "REPLACE", "ADD"])
def test_pseudo_optima_differ_in_composition_alone(rows_of, operator):
    rows = select(rows_of("pseudo_optima"), setting=operator)
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


def test_hard_negatives_grow_to_a_limit_at_one_price(rows_of):
    rows = rows_of("depth")
    for family in {row.setting for row in rows}:
        counts = values(rows, setting=family, metric="hard negatives")
        assert np.all(np.diff(counts) >= 0)
        assert counts[-1] == counts[-2]
        prices = values(rows, setting=family, metric="price")
        np.testing.assert_allclose(prices, prices[0], atol=1e-12)
    # Of 120 scenes, 108 have two objects, of different nouns.
    assert set(values(rows, setting="SWAP of nouns", metric="hard negatives")) == {108 / 120}


def test_surcharges_are_the_closed_forms(rows_of):
    rows = rows_of("surcharge")
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
