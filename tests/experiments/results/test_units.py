"""Units come back as they were saved, or are refused."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.results.units import Units
from scm.arguments import ArgumentError

PAYLOAD = {"rows": [{"value": 0.1, "seed": 3}], "seconds": 1.5}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture
def units(tmp_path):
    return Units(tmp_path)


def test_there_is_nothing_before_it_is_saved(units):
    assert units.load("rows", "abc") is None


@given(payload=JSON)
def test_a_payload_survives(tmp_path_factory, payload):
    units = Units(tmp_path_factory.mktemp("units"))
    units.save("rows", "abc", {"payload": payload})
    assert units.load("rows", "abc") == {"payload": payload}


def test_nan_survives(units):
    units.save("rows", "abc", [math.nan, 1.0])
    assert math.isnan(units.load("rows", "abc")[0])


def test_saving_again_replaces_and_leaves_nothing_beside(units, tmp_path):
    for payload in (PAYLOAD, [1, 2]):
        units.save("rows", "abc", payload)
    assert units.load("rows", "abc") == [1, 2]
    assert [path.name for path in tmp_path.iterdir()] == ["rows-abc.json"]


def test_a_failed_save_leaves_the_old_unit_and_nothing_beside(units, tmp_path, monkeypatch):
    units.save("rows", "abc", PAYLOAD)

    def full(self, text):  # noqa: ARG001
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.write_text", full)
        with pytest.raises(OSError, match="no space left"):
            units.save("rows", "abc", [1])
    assert units.load("rows", "abc") == PAYLOAD
    assert [path.name for path in tmp_path.iterdir()] == ["rows-abc.json"]


def _tamper(text):
    unit = json.loads(text)
    unit["payload"]["rows"][0]["value"] = 0.2
    return json.dumps(unit)


DAMAGES = {
    "empty": lambda text: "",  # noqa: ARG005
    "truncated": lambda text: text[: len(text) // 2],
    "last byte lost": lambda text: text.rstrip()[:-1],
    "not json": lambda text: "a,b\n1,2\n",  # noqa: ARG005
    "other json": lambda text: '{"payload": 1}',  # noqa: ARG005
    "a list": lambda text: "[]",  # noqa: ARG005
    "tampered": _tamper,
    "other format": lambda text: text.replace("unit 2", "unit 1"),
    "other kind": lambda text: text.replace('"rows",', '"run",'),
    "other key": lambda text: text.replace('"abc"', '"abd"'),
    "other provenance": lambda text: text.replace('"python": "3', '"python": "4'),
    "payload lost": lambda text: json.dumps(
        {name: value for name, value in json.loads(text).items() if name != "payload"}
    ),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_unit_is_refused_in_one_sentence(units, damage):
    units.save("rows", "abc", PAYLOAD)
    path = units.path("rows", "abc")
    text = path.read_text()
    damaged = damage(text)
    assert damaged != text
    path.write_text(damaged)
    with pytest.raises(ArgumentError) as caught:
        units.load("rows", "abc")
    assert str(caught.value).startswith(f"{path}: expected a complete unit")
    assert "\n" not in str(caught.value)


def test_bytes_that_are_no_text_are_refused(units):
    units.path("rows", "abc").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ArgumentError, match="expected a complete unit"):
        units.load("rows", "abc")


def test_a_folder_in_its_place_is_refused(units):
    units.path("rows", "abc").mkdir()
    with pytest.raises(ArgumentError, match="expected a complete unit"):
        units.load("rows", "abc")
