"""Every page of the built site, as a file and in a browser: wide and narrow, light and dark."""

import functools
import http.server
import os
import re
import shutil
import threading
from pathlib import Path

import nbformat
import pytest

pytestmark = pytest.mark.site
SITE = Path(__file__).resolve().parents[2] / "site"
PAGES = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html") if path.name != "404.html")
VIEWS = {"wide, light": (1400, "light"), "wide, dark": (1400, "dark"), "phone, light": (390, "light"), "phone, dark": (390, "dark")}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]
FAULTS = """() => {
  const content = document.querySelector('.md-content'), text = content.innerText, found = []
  const say = (count, what) => { if (count) found.push(`${what}: ${count}`) }
  say(Math.max(0, document.documentElement.scrollWidth - innerWidth - 1), 'pixels of sideways overflow')
  say(document.querySelectorAll('.katex-error').length, 'formulas that failed')
  say((text.match(/\\$\\$|\\\\\\(|\\\\\\[|\\\\begin\\{/g) || []).length, 'formulas left raw')
  say((text.match(/Traceback \\(most recent/g) || []).length, 'tracebacks')
  say([...content.querySelectorAll('figure svg, img')].filter(e => !(e.getAttribute('alt') || e.getAttribute('aria-label'))).length, 'pictures without text')
  say([...content.querySelectorAll('figure')].filter(e => !e.querySelector('figcaption')?.innerText.trim()).length, 'figures without caption')
  say([...content.querySelectorAll('.arithmatex, table, figure, pre')].filter(e => e.getBoundingClientRect().left < -2).length, 'boxes cut off on the left')
  return found
}"""


def test_there_is_a_site():
    assert {"index.html", "notation.html", "chapters/01-softmax-regression.html"} <= set(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_file(page):
    html = (SITE / page).read_text(encoding="utf-8")
    assert len(html) < 250_000
    assert "jupyter-wrapper" not in html
    assert len(re.findall(r"<h1", html)) == 1
    assert not re.findall(r"""(?:src|href)=["']?https?://[^"'> ]+\.(?:js|css|woff2?)""", html)


@pytest.mark.parametrize("page", [page for page in PAGES if re.match(r"chapters/\d\d-", page)])
def test_downloads(page):
    names = re.findall(r'download="?([\w.-]+)', (SITE / page).read_text(encoding="utf-8"))
    assert any(name.endswith(".py") for name in names)
    notebook = nbformat.read((SITE / page).with_suffix(".ipynb"), as_version=4)
    assert any(cell.get("outputs") for cell in notebook.cells)
    assert all((SITE / page).with_name(name).exists() for name in names)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def address():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=SITE)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def browser():
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not program:
        if os.environ.get("CI"):
            pytest.fail("no Chromium on this machine")
        pytest.skip("no Chromium on this machine")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.mark.parametrize("view", VIEWS)
def test_in_a_browser(view, browser, address):
    from axe_playwright_python.sync_playwright import Axe

    width, scheme = VIEWS[view]
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page, axe, faults = context.new_page(), Axe(), []
    page.on("request", lambda request: request.url.startswith((address, "data:", "blob:")) or faults.append((page.url, "outside request", request.url)))
    page.on("response", lambda response: response.status >= 400 and faults.append((page.url, response.status, response.url)))
    page.on("pageerror", lambda error: faults.append((page.url, "script error", str(error))))
    page.on("console", lambda message: message.type == "error" and faults.append((page.url, "console", message.text)))
    for name in PAGES:
        page.goto(address + name)
        page.evaluate("() => document.fonts.ready")
        page.wait_for_timeout(100)
        faults += [(name, fault) for fault in page.evaluate(FAULTS)]
        if width < 1000:
            continue
        results = axe.run(page, options={"runOnly": ["wcag2a", "wcag2aa"]})
        faults += [(name, "accessibility", v["id"], v["nodes"][0]["target"]) for v in results.response["violations"]
                   if v["impact"] in ("serious", "critical")]
    context.close()
    assert not faults


def test_copied_examples_leave_out_prompts_and_outputs(browser, address):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(address + "index.html")
    page.locator(".highlight:has(.gp) .md-clipboard, .highlight:has(.gp) [data-clipboard-target]").first.click()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    context.close()
    assert "import numpy as np" in copied and ">>>" not in copied and "The gradient is" not in copied
