"""A browser for tests of what is looked at in one."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")

MISSING = (
    "no Chromium: install the package chromium of your system, and pip install -e '.[browser]'"
)


@pytest.fixture(scope="session")
def chromium():
    """Chromium, driven by playwright; without it the test is skipped, or fails where CI is set."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None or find_spec("playwright") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(MISSING)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Its sandbox does not start for root, as whom containers run tests.
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def expect(locator: Any) -> Any:
    """Assertions that wait until they hold, made outside the page, whose policy runs no others."""
    from playwright.sync_api import expect as waiting

    return waiting(locator)
