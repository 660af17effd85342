"""What a reader should see first is something that a study says."""

from __future__ import annotations

import pytest

from experiments.studies import STUDIES

HEADLINES = [(name, one) for name, study in STUDIES.items() for one in study.headlines]


@pytest.mark.parametrize(("name", "headline"), HEADLINES)
def test_a_headline_is_of_a_claim_and_a_setting_of_its_study(name, headline):
    study = STUDIES[name]
    claim, setting, _ = headline.split("/", 2)
    assert claim in study.claims
    assert setting in {one.name for one in study.settings("quick")}
    assert setting in {one.name for one in study.settings("full")}


def test_three_studies_have_some():
    assert len({name for name, _ in HEADLINES}) >= 3
