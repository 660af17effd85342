"""All of THEORY.md is on the page, and what links inside it lead to."""

from __future__ import annotations

import re

from figures.page.theory import as_html, theory, title_of
from proofs_check import CLAIMS
from tests.test_theory import STATEMENTS, TEXT, anchors


def every_section():
    return [*theory().statements.values(), *theory().others]


def test_every_statement_and_every_anchor_is_there():
    assert theory().statements.keys() == STATEMENTS.keys()
    html = "".join(part.told + part.proved for part in every_section())
    written = re.findall(r'id="([^"]+)"', html) + [part.anchor for part in every_section()]
    assert len(written) == len(set(written))
    named = {name for name in anchors(TEXT) if not re.match(r"t\d+-|the-theory", name)}
    assert named == set(written)


def test_conditions_come_first_and_the_proof_apart():
    for number in CLAIMS:
        part = theory().statements[number]
        assert "<strong>Conditions.</strong>" in part.told
        assert "<strong>Proof.</strong>" not in part.told
        assert part.proved.startswith("<p><strong>Proof.</strong>")
        assert "<strong>Checked.</strong>" in part.proved


def test_links_to_files_are_words():
    html = "".join(part.told + part.proved for part in every_section())
    assert set(re.findall(r'href="(.)', html)) == {"#"}
    assert "<code>proofs_check/theorems/t2.py</code>" in html
    assert as_html("[a](b.py) and [c](#d)") == '<p>a and <a href="#d">c</a></p>\n'


def test_tables_scroll_by_keyboard():
    (symbols,) = [part for part in theory().others if part.anchor == "symbols"]
    assert re.search(r'<div class="box" tabindex="0"[^>]*><table>', symbols.told)
    assert symbols.told.count("<div") == symbols.told.count("</div>")


def test_a_statement_has_a_title():
    assert title_of("T6") == CLAIMS["T6"].title
