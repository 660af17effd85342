"""The page as a browser shows it: it works by itself, for everybody, on any screen."""

from __future__ import annotations

import pytest

from figures.page import write_page
from tests.browser import expect
from tests.figures.page.folders import HOSTILE, VERDICTS, make_report, make_sweep, verdict

pytestmark = pytest.mark.browser

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}

WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 375, "height": 700}

FAILING = verdict(claim="T8", setting="broken", measured=9.0)


@pytest.fixture(scope="module")
def addresses(measured, tmp_path_factory):
    """Of the page of a report, and of that of a sweep."""
    directory = tmp_path_factory.mktemp("pages")
    report = make_report(directory / "report", [*VERDICTS, FAILING], rows=measured("orbits").rows)
    folders = {"report": report, "sweep": make_sweep(directory / "sweep")}
    return {name: write_page(folder).as_uri() for name, folder in folders.items()}


@pytest.fixture
def shown(chromium, addresses):
    """A function that opens a page on a screen, and checks at the end what it did meanwhile."""
    contexts, asked, said = [], [], []

    def show(name="report", screen=None, scheme="light"):
        context = chromium.new_context(viewport=screen or WIDE, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(addresses[name])
        page.wait_for_selector("form.filters:visible")
        return page

    yield show
    for context in contexts:
        context.close()
    assert said == []
    assert len(asked) == len(contexts)
    assert set(asked) <= set(addresses.values())


def cells(page, column):
    return page.locator(f"#all-verdicts tbody td:nth-child({column})").all_inner_texts()


def rows(page):
    return page.locator("#all-verdicts tbody tr").count()


@pytest.mark.parametrize("name", ["report", "sweep"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", [WIDE, NARROW], ids=["wide", "narrow"])
def test_nobody_is_kept_out(shown, name, scheme, screen):
    from axe_playwright_python.sync_playwright import Axe

    page = shown(name, screen, scheme)
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true })")
    found = Axe().run(page, options=RULES).response
    assert len(found["passes"]) > 10
    assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") == screen["width"]


def test_filters_leave_what_is_asked_for(shown):
    page = shown()
    assert rows(page) == 25
    page.get_by_label("Statement", exact=True).select_option("T7")
    assert cells(page, 1) == ["T7", "T7"]
    page.get_by_label("Kind", exact=True).select_option("identity")
    assert cells(page, 7) == ["identity"]
    page.get_by_role("button", name="Clear").click()
    page.get_by_label("Method", exact=True).select_option("trained")
    assert rows(page) == 2
    page.get_by_role("button", name="Clear").click()
    page.get_by_label("Outcome", exact=True).select_option("fails")
    assert [text.split()[0] for text in cells(page, 2)] == ["broken"]
    page.get_by_role("button", name="Clear").click()
    page.get_by_label("Text", exact=True).fill("a control")
    assert cells(page, 7) == ["control"]
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#all-verdicts tbody tr")).to_have_count(25)


def test_columns_sort_by_number(shown):
    page = shown()
    heading = page.locator("#all-verdicts th[data-name='measured']")
    for order, expected in (("ascending", "0"), ("descending", "9")):
        heading.get_by_role("button").press("Enter")
        page.wait_for_selector(f"#all-verdicts th[data-name='measured'][aria-sort='{order}']")
        assert cells(page, 4)[0].split()[0] == expected


def test_links_lead_to_statements_and_into_the_glossary(shown):
    page = shown()
    page.locator("table.summary a").first.click()
    assert page.url.endswith("#t6")
    assert page.locator("#t6").evaluate("(one) => one.getBoundingClientRect().top") < 100
    page.locator("#glossary").evaluate("(part) => { part.open = false }")
    page.locator('#t6 a[href="#blind"]').first.click()
    expect(page.locator("#glossary")).to_have_attribute("open", "")
    top = page.locator("#blind").evaluate("(one) => one.getBoundingClientRect().top")
    assert 0 <= top < WIDE["height"]


def test_a_statement_leads_to_its_verdicts(shown):
    page = shown()
    page.locator("#t7 a[data-claim]").click()
    expect(page.locator("#all-verdicts tbody tr")).to_have_count(2)
    assert page.url.endswith("#verdicts")


def test_text_that_looks_like_a_script_is_text(shown):
    page = shown()
    page.on("dialog", lambda _: pytest.fail("a script of the rows ran"))
    page.get_by_label("Text", exact=True).fill("<script>")
    (setting,) = cells(page, 2)
    assert setting.startswith(HOSTILE)


def test_the_keyboard_reaches_everything(shown):
    page = shown()
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    assert skip.evaluate("(one) => one === document.activeElement")
    assert skip.bounding_box()["x"] >= 0
    outline = skip.evaluate("(one) => getComputedStyle(one).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")
    page.locator("#t8 summary").last.focus()
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset.column") == "claim":
            break
    else:
        pytest.fail("the filter of statements is not reached")
    page.keyboard.type("T7")
    assert cells(page, 1) == ["T7", "T7"]


def test_light_can_be_turned_off(shown):
    page = shown(scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    button = page.get_by_role("button", name="Dark")
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    dark = page.evaluate(ground)
    assert dark != light
    assert page.evaluate("getComputedStyle(document.querySelector('.card')).backgroundColor") == (
        "rgb(255, 255, 255)"
    )
    assert shown(scheme="dark").evaluate(ground) == dark


def test_without_scripts_all_is_there(chromium, addresses):
    page = chromium.new_context(java_script_enabled=False).new_page()
    page.goto(addresses["report"])
    assert page.locator("#all-verdicts tbody tr").count() == len(VERDICTS) + 1
    assert not page.locator("form.filters").is_visible()
