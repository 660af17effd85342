"""The theory's text (THEORY.md) as HTML, section by section; its anchors work inside a page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from markupsafe import Markup

from proofs_check.claim import CLAIMS

_HEADING = re.compile(r'(?:^<a id="[^"]*"></a>\n)?^## (.+)$', re.MULTILINE)
"""A heading of the second level; the anchor above that of a statement is the section's own."""

_STATEMENT = re.compile(r"(T\d+)\. (.+)")

_PROOF = "**Proof.**"


@dataclass(frozen=True)
class Section:
    """A section of the theory.

    Attributes:
        anchor: what links to it name.
        heading: without the number of a statement.
        told: HTML of what comes before the proof: conditions and statement, or all there is.
        proved: HTML of the proof and what follows; empty where there is none.
    """

    anchor: str
    heading: str
    told: Markup
    proved: Markup


@dataclass(frozen=True)
class Theory:
    """The theory in parts.

    Attributes:
        preface: HTML of where the statements come from.
        statements: sections of claims by their ids, and of statements that no claim is of.
        others: symbols, glossary and whatever else there is.
    """

    preface: Markup
    statements: dict[str, Section]
    others: tuple[Section, ...]


@cache
def theory() -> Theory:
    """The theory that this version comes with."""
    text = files("proofs_check").joinpath("THEORY.md").read_text(encoding="utf-8")
    preface, *parts = _HEADING.split(text)
    statements: dict[str, Section] = {}
    others: list[Section] = []
    for heading, body in zip(parts[::2], parts[1::2], strict=True):
        told, proof, proved = body.partition(_PROOF)
        if numbered := _STATEMENT.fullmatch(heading):
            number, title = numbered.groups()
            statements[number] = Section(
                number.lower(), title, as_html(told), as_html(proof + proved)
            )
        else:
            others.append(Section(_anchor_of(heading), heading, as_html(body), Markup()))
    return Theory(as_html(_without_contents(preface)), statements, tuple(others))


def as_html(text: str) -> Markup:
    """Markdown of ours as HTML; of links those stay that lead to an anchor.

    Args:
        text: trusted: what it has of HTML stays.
    """
    markdown = MarkdownIt("commonmark", {"html": True}).enable("table")
    for rule in (_table_open, _table_close):
        markdown.add_render_rule(rule.__name__.strip("_"), rule)
    tokens = markdown.parse(text)
    for token in tokens:
        if token.children:
            token.children = _inside(token.children)
    return Markup(markdown.renderer.render(tokens, markdown.options, {}))


def _inside(tokens: Sequence[Token]) -> list[Token]:
    """Without links to files, which are elsewhere; their words stay."""
    kept, leaves = [], False
    for token in tokens:
        if token.type == "link_open":
            leaves = not str(token.attrs["href"]).startswith("#")
        if not (leaves and token.type in ("link_open", "link_close")):
            kept.append(token)
    return kept


def _table_open(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, _: object
) -> str:
    box = '<div class="box" tabindex="0" role="group" aria-label="Table, scrolls sideways">'
    return box + self.renderToken(tokens, index, options, {})


def _table_close(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, _: object
) -> str:
    return self.renderToken(tokens, index, options, {}) + "</div>\n"


def _without_contents(preface: str) -> str:
    """Without the title and the list of sections, of which the page has its own."""
    paragraphs = preface.split("\n\n")
    return "\n\n".join(one for one in paragraphs if not one.lstrip().startswith(("# ", "[")))


def _anchor_of(heading: str) -> str:
    """As GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-")


def title_of(number: str) -> str:
    """What a statement says, in some words.

    Args:
        number: of the statement.
    """
    return CLAIMS[number].title if number in CLAIMS else theory().statements[number].heading
