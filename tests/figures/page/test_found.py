"""What was found of each statement, the thinnest first."""

from __future__ import annotations

from figures.page.found import found_of
from tests.figures.page.folders import VERDICTS, verdict


def test_what_is_thinnest_comes_first_and_what_fails_is_not_among_it():
    failing = verdict(setting="fails", measured=9.0)
    t6, t7, t8 = found_of([failing, *VERDICTS])
    assert [one.claim for one in (t6, t7, t8)] == ["T6", "T7", "T8"]
    assert t6.failures == (failing,)
    assert t6.thin[0].metric == "number 29"
    margins = [one.margin for one in t6.thin if one.margin is not None]
    assert margins == sorted(margins)
    assert len(margins) == len(t6.thin)
    assert (t6.tally("claim").held, t6.tally("claim").of) == (30, 31)
    assert (t7.thin[0].kind, t8.thin) == ("claim", ())
    assert len(t8.findings) == 1
