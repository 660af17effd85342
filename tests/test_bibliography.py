"""Every work that a docstring cites is in the bibliography, and every entry is cited."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from scm.bibliography import BIBLIOGRAPHY

ROOT = Path(__file__).parent.parent
PACKAGES = ("scm", "proofs_check", "experiments", "figures")

_KEY = r"[a-z]+\d{4}[a-z]?"
_CITATION = re.compile(rf"\[({_KEY}(?:,\s+{_KEY})*)\]")


def docstrings(source):
    """All strings that stand alone: docstrings of modules, classes, functions and attributes."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr):
            match node.value:
                case ast.Constant(value=str(text)):
                    yield text


def citations(source):
    return {
        key
        for text in docstrings(source)
        for match in _CITATION.findall(text)
        for key in re.split(r",\s+", match)
    }


def test_citations_are_found_wherever_docstrings_are():
    source = (
        '"""A [one2001], [z_inv]."""\nx = 1\n"""Of x [two2002,\n three2003a]."""\ny = "[no2004]"'
    )
    assert citations(source) == {"one2001", "two2002", "three2003a"}


def test_docstrings_and_bibliography_agree():
    cited = {
        key
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        for key in citations(path.read_text(encoding="utf-8"))
    }
    assert cited == set(BIBLIOGRAPHY)


def test_entries_end_with_the_year_of_their_key():
    for key, entry in BIBLIOGRAPHY.items():
        assert re.sub(r"\D", "", key) in entry, key
        assert entry.endswith("."), key
    assert list(BIBLIOGRAPHY) == sorted(BIBLIOGRAPHY)
