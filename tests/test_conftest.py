"""The fast tests are a part of all packages' tests, by files that are there."""

from __future__ import annotations

import pytest

from tests.conftest import DEAR, FAST, TESTS, is_fast


@pytest.mark.parametrize("place", [*FAST, *DEAR])
def test_every_place_holds_tests(place):
    path = TESTS / place
    assert path.suffix == ".py" or list(path.glob("test_*.py"))
    assert path.exists()


@pytest.mark.parametrize("package", ["scm", "proofs_check", "experiments", "figures"])
def test_some_tests_of_each_package_are_fast_and_some_are_not(package):
    assert {is_fast(path) for path in (TESTS / package).rglob("test_*.py")} == {True, False}


def test_the_marker_is_put_by_the_file(request):
    assert request.node.get_closest_marker("fast") is not None
