"""What notebooks show, as HTML: text stays text, and lines break where a screen is narrow."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from html import escape

import numpy as np
from jaxtyping import Int
from matplotlib.figure import Figure
from PIL import Image

from experiments.results.sheets import Picture
from figures.style import COLOURS, render
from proofs_check import Comparison, FiniteWorld
from proofs_check.finite.constructions import orbit_criterion

MOST_ORBITS, MOST_CAPTIONS = 40, 12
"""Most orbits that are drawn, and captions of each; of others it is said how many there are."""

PIXELS = 100
"""Of an inch of a figure."""

SIGNS = {True: "○", False: "✕"}
"""Whether an optimum may be blind on an orbit: told by more than a colour."""

STYLE = f"""<style>
.ts-row {{display: flex; flex-wrap: wrap; gap: .6rem; margin: .4rem 0; padding: 0}}
.ts-pictures {{display: grid; grid-template-columns: repeat(auto-fill, minmax(7.4rem, 1fr));
  gap: .8rem .6rem; margin: .4rem 0}}
.ts-picture {{margin: 0}}
.ts-orbits {{display: grid; gap: .6rem; margin: .6rem 0;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 20.5rem), 1fr))}}
.ts-controls {{display: flex; flex-wrap: wrap; gap: .5rem 2rem; align-items: center;
  padding: .7rem 0}}
.ts-controls > div {{max-width: 100%}}
.ts-long {{width: min(100%, 36rem)}}
@media (min-width: 640px) {{
  .marimo-cell:has(.ts-controls) {{position: sticky; top: 0; z-index: 5; background: #fff;
    border-bottom: 1px solid {COLOURS["grid"]}; border-radius: 0}}
}}
.ts-picture img {{width: 100%; border-radius: .4rem; display: block}}
.ts-picture figcaption {{font-size: .8rem; line-height: 1.25; padding-top: .3rem}}
.ts-orbit {{display: flex; flex-wrap: wrap; gap: .25rem; padding: .4rem; border-radius: .6rem;
  border: 1px solid; align-items: center}}
.ts-sign {{font-weight: 700; width: .9rem; text-align: center}}
.ts-may .ts-sign {{color: {COLOURS["permitted"]}}}
.ts-not .ts-sign {{color: {COLOURS["forbidden"]}}}
.ts-may {{border-color: {COLOURS["permitted"]}; background: {COLOURS["permitted"]}1c}}
.ts-not {{border-color: {COLOURS["forbidden"]}; background: {COLOURS["forbidden"]}1c}}
.ts-word {{font-size: .76rem; padding: .1rem .42rem; border-radius: .5rem;
  border: 1px dashed {COLOURS["reference"]}; background: #fff; color: {COLOURS["reference"]}}}
.ts-drawn {{border-style: solid; background: {COLOURS["reference"]}; color: #fff}}
.ts-key {{display: inline-flex; align-items: center; gap: .4rem; font-size: .85rem}}
.ts-swatch {{display: inline-block; padding: 0 .3rem; border-radius: .3rem; font-size: .8rem;
  border-width: 1px; border-style: solid}}
.ts-beside {{display: flex; flex-wrap: wrap; gap: .5rem 2rem; align-items: center}}
.ts-beside > div {{min-width: 0; max-width: 100%}}
.ts-columns {{display: grid; gap: .5rem 2rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 18rem), 1fr))}}
.ts-wide {{overflow-x: auto}}
.ts-figure {{max-width: 100%; height: auto; display: block}}
.ts-wide .ts-figure {{min-width: 44rem}}
.ts-table {{border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums}}
.ts-table th, .ts-table td {{padding: .3rem .8rem .3rem 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid {COLOURS["grid"]}}}
.ts-table td:first-child {{min-width: 9rem}}
.ts-table td.ts-number, .ts-table th.ts-number {{text-align: right}}
.ts-good {{color: {COLOURS["permitted"]}; font-weight: 600}}
.ts-bad {{color: {COLOURS["forbidden"]}; font-weight: 600}}
.ts-numbers {{display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; margin: .4rem 0}}
.ts-numbers div {{min-width: 6.5rem}}
.ts-numbers dt {{font-size: .85rem; color: #5c5c5c; margin: 0}}
.ts-numbers dd {{font-size: 1.7rem; font-weight: 600; margin: 0; line-height: 1.2;
  font-variant-numeric: tabular-nums}}
.ts-numbers small {{font-size: .8rem; color: #5c5c5c}}
</style>"""
"""The look of all that is drawn here, to be shown once in a page."""


def control_bar(controls: Sequence[str]) -> str:
    """Controls that stay in sight while a page is scrolled, where there is room.

    Args:
        controls: as HTML.
    """
    return f'<div class="ts-controls">{"".join(f"<div>{one}</div>" for one in controls)}</div>'


def picture_row(pictures: Sequence[Picture]) -> str:
    """Pictures in a row, each over its caption.

    Args:
        pictures: images of pixels.
    """
    return f'<div class="ts-pictures">{"".join(map(_picture, pictures))}</div>'


def orbit_row(world: FiniteWorld) -> str:
    """The orbits of a world's captions: which are drawn, and where an optimum may be blind.

    Args:
        world: with operators; captions are told by their words, or else by number and scene.
    """
    permits = orbit_criterion(world)
    boxes = [
        _orbit(world, np.flatnonzero(world.orbit == orbit), bool(may))
        for orbit, may in enumerate(permits[:MOST_ORBITS])
    ]
    left = len(permits) - len(boxes)
    more = f"<p>… and {left} more.</p>" if left else ""
    return f'<div class="ts-orbits">{"".join(boxes)}</div>{more}'


def orbit_key() -> str:
    """What the boxes of `orbit_row` mean."""

    def key(sign: str, text: str) -> str:
        return f'<span class="ts-key">{sign}{text}</span>'

    return _row(
        key('<span class="ts-word ts-drawn">caption</span>', "drawn in training")
        + key('<span class="ts-word">caption</span>', "never drawn")
        + key(_swatch(True), "orbit where an optimum may be blind")
        + key(_swatch(False), "orbit where none may be")
    )


def number_row(numbers: Sequence[tuple[str, str, str]]) -> str:
    """Numbers in large type.

    Args:
        numbers: of each its name, the number as text, and a remark.
    """
    items = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(number)}</dd><small>{escape(remark)}</small></div>"
        for name, number, remark in numbers
    )
    return f'<dl class="ts-numbers">{items}</dl>'


def comparison_table(comparisons: Sequence[Comparison]) -> str:
    """What was predicted beside what was measured, a line each.

    Args:
        comparisons: of a claim and a world.
    """
    lines = [
        (
            escape(one.metric),
            {"~=": "equal to", ">=": "at least", "<=": "at most", ">": "above"}[one.relation],
            f"{one.predicted:.4g}",
            f"{one.measured:.4g}",
            _sign(one.holds) + (" (identity)" if one.identity else ""),
        )
        for one in comparisons
    ]
    return table(
        ("quantity", "should be", "predicted", "measured", "as predicted"), lines, numbers=(2, 3)
    )


def table(
    headings: Sequence[str], lines: Sequence[Sequence[str]], numbers: Sequence[int] = ()
) -> str:
    """A table.

    Args:
        headings: of the columns.
        lines: cells, which may be HTML.
        numbers: columns that are aligned to the right.
    """

    def cells(tag: str, of: Sequence[str]) -> str:
        scope = ' scope="col"' if tag == "th" else ""
        return "".join(
            f"<{tag}{scope}{' class=ts-number' if at in numbers else ''}>{cell}</{tag}>"
            for at, cell in enumerate(of)
        )

    body = "".join(f"<tr>{cells('td', line)}</tr>" for line in lines)
    head = f"<thead><tr>{cells('th', headings)}</tr></thead>"
    return f'<div class="ts-wide"><table class="ts-table">{head}<tbody>{body}</tbody></table></div>'


def law_table(world: FiniteWorld) -> str:
    """The joint law of a small world, an entry a line.

    Args:
        world: with a handful of entries.
    """
    lines = [
        (f"image {x}, which shows scene {world.shown[x]}", f"{z}", _said(world, y), f"{p:.3g}")
        for x, z, y, p in zip(
            *(of.tolist() for of in (world.image, world.scene, world.caption, world.probability)),
            strict=True,
        )
    ]
    return table(("image", "scene", "caption", "probability"), lines, numbers=(1, 3))


def beside(*parts: str) -> str:
    """Parts beside each other, or below where there is no room.

    Args:
        *parts: as HTML.
    """
    return f'<div class="ts-beside">{"".join(f"<div>{part}</div>" for part in parts)}</div>'


def columns(*parts: str) -> str:
    """Columns of one width, or below each other where there is no room.

    Args:
        *parts: as HTML.
    """
    return f'<div class="ts-columns">{"".join(f"<div>{part}</div>" for part in parts)}</div>'


def long(control: str) -> str:
    """Room for a control of long choices.

    Args:
        control: as HTML, which takes the width that there is.
    """
    return f'<div class="ts-long">{control}</div>'


def figure_image(figure: Figure, alternative: str) -> str:
    """A figure, sharp at any size.

    Args:
        figure: what to show.
        alternative: what it says, for who does not see it.
    """
    code = base64.b64encode(render(figure, "svg")).decode()
    source = f"data:image/svg+xml;base64,{code}"
    width = round(PIXELS * figure.get_figwidth())
    return f'<img class="ts-figure" width="{width}" src="{source}" alt="{escape(alternative)}">'


def _row(content: str) -> str:
    return f'<div class="ts-row">{content}</div>'


def _kind(may: bool) -> str:
    return "ts-may" if may else "ts-not"


def _swatch(may: bool) -> str:
    sign = f'<span class="ts-sign">{SIGNS[may]}</span>'
    return f'<span class="ts-swatch {_kind(may)}">{sign}</span>'


def _orbit(world: FiniteWorld, captions: Int[np.ndarray, " n"], may: bool) -> str:
    said = f"an optimum may {'' if may else 'not '}be blind here"
    sign = f'<span class="ts-sign" role="img" aria-label="{said}">{SIGNS[may]}</span>'
    # Those that are drawn decide.
    first = captions[np.argsort(~world.support[captions], kind="stable")][:MOST_CAPTIONS]
    left = len(captions) - len(first)
    more = f"<small>… and {left} more</small>" if left else ""
    words = "".join(_caption(world, int(y)) for y in first)
    return f'<div class="ts-orbit {_kind(may)}" title="{said}">{sign}{words}{more}</div>'


def _picture(picture: Picture) -> str:
    pixels = np.round(255.0 * np.clip(picture.image, 0.0, 1.0)).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="png")
    source = f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"
    caption = escape(picture.caption)
    return (
        f'<figure class="ts-picture"><img src="{source}" alt="{caption}">'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def _caption(world: FiniteWorld, y: int) -> str:
    drawn = " ts-drawn" if world.support[y] else ""
    return f'<span class="ts-word{drawn}">{_said(world, y)}</span>'


def _said(world: FiniteWorld, y: int) -> str:
    plain = world.words[y] if world.words is not None else f"{y} says scene {world.said[y]}"
    return escape(plain)


def _sign(holds: bool) -> str:
    return '<span class="ts-good">✓ yes</span>' if holds else '<span class="ts-bad">✗ no</span>'
