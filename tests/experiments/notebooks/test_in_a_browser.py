"""A notebook as a user sees it: a slider moves, and the price that is shown moves with it."""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiments.notebooks.conftest import PATIENCE

pytestmark = pytest.mark.browser


@pytest.fixture
def page(chromium):
    """A page, and what went wrong on it: errors, and requests to other machines."""
    wrong = []
    page = chromium.new_page()
    page.set_default_timeout(1000 * PATIENCE)

    def requested(request):
        if not request.url.startswith(("data:", "blob:")) and "//127.0.0.1:" not in request.url:
            wrong.append(request.url)

    page.on("request", requested)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    yield page, wrong
    page.close()


def price(covered):
    """What T10 predicts of so many covered orbits of 15, as it is written."""
    return f"{covered / 15 * np.log(2):.4f}"


def test_a_slider_moves_the_price(serve, page):
    page, wrong = page
    page.goto(serve("world"))
    page.wait_for_selector(f"dd:text-is('{price(5)}')")
    slider = page.get_by_role("slider").first
    slider.focus()
    for covered in (6, 7):
        slider.press("ArrowRight")
        # The exact price, and the theory's beside it.
        page.wait_for_function(
            "price => [...document.querySelectorAll('dd')].filter("
            "one => one.textContent === price).length === 2",
            arg=price(covered),
        )
        page.wait_for_function(
            "n => document.querySelectorAll('.ts-orbit.ts-not').length === n", arg=covered
        )
    page.wait_for_selector(".ts-picture img")
    assert "left of a" in page.inner_text(".ts-pictures")
    assert wrong == []
