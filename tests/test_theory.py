"""The theory's text: complete, and what it and README name is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from experiments.studies import STUDIES
from proofs_check import CLAIMS

ROOT = Path(__file__).parent.parent
THEORY = ROOT / "proofs_check" / "THEORY.md"
TEXT = THEORY.read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")

PARTS = ("Conditions", "Statement", "Proof", "Checked", "Measured")
"""What every statement says of itself, each part after its name in bold."""

UNCHECKED = "Not yet checked here"
"""What a statement says that no claim is registered for."""

CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def sections(text):
    """The text below each heading of the second level, by heading."""
    _, *found = re.split(r"^## ", text, flags=re.MULTILINE)
    return dict(section.split("\n", 1) for section in found)


STATEMENTS = {
    match.group(1): body
    for heading, body in sections(TEXT).items()
    if (match := re.match(r"(T\d+)\. ", heading))
}


def anchors(text):
    """Those that are written out, and those that GitHub makes of headings."""
    written = re.findall(r'<a\s+id="([^"]+)"></a>', text)
    headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return written + [re.sub(r"[^\w\- ]", "", h).lower().replace(" ", "-") for h in headings]


def links(text):
    """Each link's words and target, reference definitions among them."""
    inline = re.findall(r"\[([^\[\]]*)\]\(([^)\s]+)\)", text)
    return inline + re.findall(r"^\[([^\]]+)\]: (\S+)$", text, flags=re.MULTILINE)


def part(statement, name):
    """One part of a statement, up to the next paragraph or part."""
    found = STATEMENTS[statement].split(f"**{name}.**", 1)[1]
    return re.split(r"\n\n|\n\*\*", found, maxsplit=1)[0]


def measured_by(statement):
    """The studies that a statement says measure it, with the file that each is said to be in."""
    studies = [
        (words.strip("`"), target)
        for words, target in links(part(statement, "Measured"))
        if "/studies/" in target
    ]
    return dict(studies)


def test_every_claim_has_a_statement():
    assert CLAIMS.keys() <= STATEMENTS.keys()


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_statement_is_complete(statement):
    body = STATEMENTS[statement]
    assert [name for name in PARTS if body.count(f"**{name}.**") != 1] == []
    assert statement.lower() in anchors(TEXT)
    assert f"[{statement}](#{statement.lower()})" in TEXT.split("## Symbols")[0]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_statement_says_what_checks_it(statement):
    """The file of its claim, where there is one, which cites it."""
    checked = part(statement, "Checked")
    if statement in CLAIMS:
        file = f"theorems/{statement.lower()}.py"
        assert (f"`proofs_check/{file}`", file) in links(checked)
        assert f"Source: THEORY.md, {statement}." in (THEORY.parent / file).read_text("utf-8")
    else:
        assert UNCHECKED in checked


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_statement_says_what_measures_it(statement):
    """Studies that are registered, in the files that are named, and that speak to its claim."""
    named = measured_by(statement)
    assert named.keys() <= STUDIES.keys()
    for name, target in named.items():
        module = type(STUDIES[name]).__module__.replace(".", "/")
        assert (THEORY.parent / target).resolve() == (ROOT / f"{module}.py").resolve()
        assert statement in STUDIES[name].claims or statement not in CLAIMS
    speaking = {name for name, study in STUDIES.items() if statement in study.claims}
    assert named or not speaking


def test_every_file_that_the_theory_names_exists():
    targets = [
        (words, target.partition("#")[0])
        for words, target in links(TEXT)
        if not target.startswith(("#", "https:"))
    ]
    assert len(targets) > len(CLAIMS)
    for words, target in targets:
        file = (THEORY.parent / target).resolve()
        assert file.is_file(), target
        assert file.is_relative_to(ROOT.resolve()), target
        path = words.strip("`")
        assert "/" not in path or (ROOT / path).resolve() == file, path
    paths = re.findall(r"`([\w/]+/\w+\.\w+)`", re.sub(r"\[[^\[\]]*\]\([^)]*\)", "", TEXT))
    assert [path for path in paths if not (ROOT / path).is_file()] == []


def test_links_inside_the_theory_lead_somewhere():
    there = anchors(TEXT)
    assert len(there) == len(set(there))
    assert {target[1:] for _, target in links(TEXT) if target.startswith("#")} <= set(there)


@pytest.mark.parametrize("page", ["README.md", "figures/gallery/README.md"])
def test_links_to_the_theory_lead_somewhere(page):
    path = ROOT / page
    targets = [target.partition("#") for _, target in links(path.read_text("utf-8"))]
    found = [
        (file, anchor) for file, _, anchor in targets if (path.parent / file).resolve() == THEORY
    ]
    assert {anchor for _, anchor in found if anchor} <= set(anchors(TEXT))
    assert len(found) > 10


def test_readme_links_every_statement_that_it_names():
    prose = CODE.sub("", README)
    named = set(re.findall(r"\bT\d+\b", prose))
    assert named <= STATEMENTS.keys()
    assert re.findall(r"(?<!\[)\bT\d+\b(?!\])", prose) == []
    defined = {words for words, _ in links(README)}
    assert named <= defined


def test_every_reference_of_readme_is_used():
    """A definition whose words are in no brackets is of a link that is gone."""
    definition = re.compile(r"^\[([^\]]+)\]: .*$", re.MULTILINE)
    prose = definition.sub("", README)
    assert [words for words in definition.findall(README) if f"[{words}]" not in prose] == []


def test_statements_that_docstrings_cite_are_there():
    packages = ("scm", "proofs_check", "experiments", "figures")
    sources = [path.read_text("utf-8") for name in packages for path in (ROOT / name).rglob("*.py")]
    cited = {number for text in sources for number in re.findall(r"THEORY\.md, (T\d+)", text)}
    assert CLAIMS.keys() <= cited <= STATEMENTS.keys()
