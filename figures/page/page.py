"""One file that shows a folder of results, and needs nothing beside it."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from experiments.results.files import PAGE, write_atomically
from experiments.results.summary import EVIDENCE, Tally, failures, headlines
from figures.figure import Rendered, remove_all, render_all, write_all
from figures.page import wording
from figures.page.drawings import drawings, sweep_drawing
from figures.page.found import found_of
from figures.page.saved import Saved, read_folder
from figures.page.swept import table_of
from figures.page.theory import theory, title_of
from figures.style import SUFFIXES
from proofs_check.claim import CLAIMS

HERE = Path(__file__).parent

_EXPORTED = re.compile(r"export\s*\{([^{}]*)\};?\s*(?=/\*!|$)")
"""What the module of DataTables hands to those who import it."""


def write_page(directory: Path, rendered: Rendered = MappingProxyType({})) -> Path:
    """Write the page of a folder of results, atomically; the same files give the same page.

    Args:
        directory: that ``tokenscm`` wrote: of a report, or of a sweep.
        rendered: figures of its rows that need not be drawn again, as SVG at least.

    Returns:
        The path of the page.

    Raises:
        ArgumentError: if the folder holds no results, or damaged ones; nothing is written then.
        FigureError: if a figure cannot be drawn from the rows; nothing is written then.
    """
    saved = read_folder(directory)
    figures = dict(render_all(saved.rows, ("svg",), rendered))
    return _write(directory, page_of(saved, figures))


def draw_report(directory: Path) -> list[Path]:
    """Draw the figures of a report, then its page; what was drawn of other rows goes first.

    Args:
        directory: of the report, where all else is written.

    Returns:
        The files written.

    Raises:
        ArgumentError: if the folder holds no results, or damaged ones; nothing is removed then.
        FigureError: if a figure cannot be drawn from the rows.
    """
    saved = read_folder(directory)
    remove_page(directory)
    remove_all(directory / "figures")
    rendered = dict(render_all(saved.rows, (*SUFFIXES, "svg")))
    page = page_of(saved, rendered)
    return [*write_all(rendered, directory / "figures"), _write(directory, page)]


def remove_page(directory: Path) -> None:
    """Remove a page, of which the results are no longer those beside it.

    Args:
        directory: where the page is, if there is one.
    """
    (directory / PAGE).unlink(missing_ok=True)


def page_of(saved: Saved, rendered: Rendered) -> str:
    """The page as HTML.

    Args:
        saved: what it shows.
        rendered: the figures of its rows, as SVG at least.

    Raises:
        FigureError: if the figure of a sweep cannot be drawn from its rows.
    """
    swept = saved.sweep
    scripts = [_Script.of(_tables()), _Script.of((HERE / "page.js").read_text(encoding="utf-8"))]
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            claims=CLAIMS,
            saved=saved,
            found=found_of(saved.verdicts),
            evidence=Tally.count(saved.verdicts, *EVIDENCE),
            identities=Tally.count(saved.verdicts, "identity"),
            findings=Tally.count(saved.verdicts, "finding"),
            failures=failures(saved.verdicts),
            headlines=headlines(saved.verdicts),
            drawings=drawings(saved.rows, saved.verdicts, rendered),
            sweep_table=table_of(swept) if swept else None,
            sweep_figure=sweep_drawing(swept.rows, swept.grids) if swept else None,
            theory=theory(),
            style=Markup((HERE / "page.css").read_text(encoding="utf-8")),
            scripts=scripts,
        )
    )


def _write(directory: Path, page: str) -> Path:
    path = directory / PAGE
    write_atomically(path, lambda temporary: temporary.write_bytes(page.encode()))
    return path


@dataclass(frozen=True)
class _Script:
    """A script, and the digest by which the page's policy lets it run, and no other."""

    text: Markup
    digest: str

    @classmethod
    def of(cls, text: str) -> _Script:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        return cls(Markup(text), digest)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words: dict[str, Any] = {
        name: getattr(wording, name)
        for name in (
            "number",
            "predicted",
            "interval",
            "outcome",
            "share",
            "without_places",
            "plain",
        )
    }
    environment.filters |= words | {"title_of": title_of}
    return environment


@cache
def _tables() -> str:
    """DataTables, which `itables` brings in one file, as a script that stands by itself."""
    package = find_spec("itables")
    assert package is not None
    assert package.origin is not None
    bundle = Path(package.origin).parent / "html" / "dt_bundle.js"
    text = bundle.read_text(encoding="utf-8")
    exported = _EXPORTED.search(text)
    assert exported is not None
    (local,) = re.findall(r"([\w$]+) as default\b", exported[1])
    text = text.replace(exported[0], f"globalThis.DataTable={local};\n")
    # Neither ends the script early, nor begins a comment of HTML in it.
    return text.replace("</script", r"<\/script").replace("<!--", r"<\!--")
