"""The built site as a server shows it, and a browser to look at it."""

import functools
import http.server
import json
import os
import re
import shutil
import threading
from pathlib import Path

import pytest

SITE = Path(__file__).resolve().parents[2] / "site"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def address():
    handler = functools.partial(Quiet, directory=SITE)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="session")
def browser():
    programs = [shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")]
    if not any(programs):
        if os.environ.get("CI"):
            pytest.fail("no Chromium on this machine")
        pytest.skip("no Chromium on this machine")
    program = next(filter(None, programs))
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def phone(browser, address):
    """Open pages that answer as on a phone: a place, the id of what its script unhides, a view."""
    contexts = []

    def opened(place, ready, **view):
        settings = {"viewport": {"width": 390, "height": 900}, "reduced_motion": "reduce", **view}
        contexts.append(browser.new_context(**settings))
        page = contexts[-1].new_page()
        page.goto(address + place)
        page.wait_for_selector(f"#{ready}:not([hidden])")
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def given():
    """Read what a built page gives its script: its place, and the name of the data."""

    def found(place, name):
        html = (SITE / place).read_text(encoding="utf-8")
        element = rf'<script type="?application/json"? id="?{name}"?>(.*?)</script>'
        return json.loads(re.search(element, html)[1])

    return found


@pytest.fixture
def barriers():
    """Return what stops some readers on a page as it stands, and what is wider than the screen.

    WCAG at A and AA; what axe calls best practice is left to the theme.
    """
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()

    def found(page):
        rules = {"runOnly": ["wcag2a", "wcag2aa"]}
        faults = axe.run(page, options=rules).response["violations"]
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        return [(one["id"], one["nodes"][0]["target"]) for one in faults] + ["too wide"] * wide

    return found
