"""The machine, looked at."""

from __future__ import annotations

import pytest

from experiments import doctor
from experiments.doctor import examine
from scm.version import VERSION


@pytest.fixture
def quickly(monkeypatch):
    monkeypatch.setattr(doctor, "SECONDS", 0.01)


def test_what_is_told(quickly, tokenscm, monkeypatch, tmp_path):  # noqa: ARG001
    monkeypatch.setenv("TOKENSCM_CACHE", str(tmp_path / "cache"))
    code, out, err = tokenscm("doctor")
    assert (code, err) == (0, "")
    for said in (VERSION, "jax", "cpu", "GiB free", "GFLOP/s", str(tmp_path / "cache"), "results"):
        assert said in out.replace("\n", "")


def test_what_would_be_slow_or_cannot_be(quickly, monkeypatch, tmp_path):  # noqa: ARG001
    monkeypatch.setenv("TOKENSCM_CACHE", "")
    monkeypatch.setattr(doctor, "MEMORY", 2.0**60)
    monkeypatch.setattr(doctor, "QUICK", 1e30)
    (tmp_path / "file").write_text("")
    found = {one.topic: one for one in examine(tmp_path / "file" / "results")}
    assert "2.5 GiB" in found["memory"].advice
    assert "minutes" in found["speed"].advice
    assert "TOKENSCM_CACHE" in found["programs"].advice
    assert found["results"].fatal
    assert "out: expected a directory that can be written to" in found["results"].advice


def test_a_cache_that_cannot_be_is_fatal(quickly, tokenscm, monkeypatch, tmp_path):  # noqa: ARG001
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TOKENSCM_CACHE", str(tmp_path / "file" / "cache"))
    assert tokenscm("doctor")[0] == 1
