"""Every page of the built site, as a file and in a browser: wide and narrow, light and dark."""

import re
from pathlib import Path

import nbformat
import pytest

pytestmark = pytest.mark.site
SITE = Path(__file__).resolve().parents[2] / "site"
PAGES = sorted(
    path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html") if path.name != "404.html"
)
VIEWS = {
    "wide, light": (1400, "light"),
    "wide, dark": (1400, "dark"),
    "phone, light": (390, "light"),
    "phone, dark": (390, "dark"),
}
FAULTS = """() => {
  const content = document.querySelector('.md-content'), text = content.innerText, found = []
  const say = (count, what) => { if (count) found.push(`${what}: ${count}`) }
  const all = (what) => [...content.querySelectorAll(what)]
  const named = (e) => e.getAttribute('alt') || e.getAttribute('aria-label')
  const captioned = (e) => e.querySelector('figcaption')?.textContent.trim()
  const overflow = document.documentElement.scrollWidth - innerWidth - 1
  say(Math.max(0, overflow), 'pixels of sideways overflow')
  say(document.querySelectorAll('.katex-error').length, 'formulas that failed')
  say((text.match(/\\$\\$|\\\\\\(|\\\\\\[|\\\\begin\\{/g) || []).length, 'formulas left raw')
  say((text.match(/Traceback \\(most recent/g) || []).length, 'tracebacks')
  say(all('figure svg, img').filter(e => !named(e)).length, 'pictures without text')
  say(all('figure').filter(e => !captioned(e)).length, 'figures without caption')
  const cut = (e) => e.getBoundingClientRect().left < -2
  say(all('.arithmatex, table, figure, pre').filter(cut).length, 'boxes cut off on the left')
  return found
}"""


def test_there_is_a_site():
    assert {"index.html", "notation.html", "chapters/01-softmax-regression.html"} <= set(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_file(page):
    html = (SITE / page).read_text(encoding="utf-8")
    assert len(html) < 300_000
    assert "jupyter-wrapper" not in html
    assert len(re.findall(r"<h1", html)) == 1
    assert not re.findall(r"""(?:src|href)=["']?https?://[^"'> ]+\.(?:js|css|woff2?)""", html)


@pytest.mark.parametrize("page", [page for page in PAGES if re.match(r"chapters/\d\d-", page)])
def test_downloads(page):
    offered = re.findall(
        r'download="?([\w.-]+)"?[^>]*href="?([\w./-]+)|href="?([\w./-]+)"?[^>]*download',
        (SITE / page).read_text(encoding="utf-8"),
    )
    links = [first or second for _, first, second in offered]
    assert any(link.endswith(".ipynb") for link in links)
    assert any(link.endswith(".py") for link in links) == (int(page[9:11]) < 9)
    notebook = nbformat.read((SITE / page).with_suffix(".ipynb"), as_version=4)
    assert any(cell.get("outputs") for cell in notebook.cells)
    assert all((SITE / page).parent.joinpath(link).exists() for link in links)


@pytest.mark.parametrize("page", [page for page in PAGES if re.match(r"chapters/\d\d-", page)])
def test_what_a_cell_compares_is_so(page):
    """A cell that ends with a comparison makes a claim: it must not put out False."""
    notebook = nbformat.read((SITE / page).with_suffix(".ipynb"), as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    plain = [output.get("data", {}).get("text/plain") for output in outputs]
    assert "False" not in plain


NUMBER = re.compile(r"\d+\.\d+")


@pytest.mark.parametrize("page", [page for page in PAGES if re.match(r"chapters/\d\d-", page)])
def test_what_the_cells_put_out_is_on_the_page(page):
    notebook = nbformat.read((SITE / page).with_suffix(".ipynb"), as_version=4)
    shown = set(NUMBER.findall((SITE / page).read_text(encoding="utf-8")))
    numbers, missing = set(), {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            kinds = output.get("data", {})
            text = output.get("text") or kinds.get("text/markdown") or kinds.get("text/plain")
            found = set(NUMBER.findall(text))
            numbers |= found
            if not found <= shown:
                missing[cell.source] = found - shown
    assert len(numbers) > 10 and missing == {}


def test_the_state_of_the_site_names_every_chapter():
    status = (SITE / "status.html").read_text(encoding="utf-8")
    chapters = {page for page in PAGES if re.match(r"chapters/\d\d-", page)}
    assert chapters <= set(re.findall(r'href="?([\w./-]+)', status))


@pytest.mark.parametrize("view", VIEWS)
def test_in_a_browser(view, browser, address, barriers):
    width, scheme = VIEWS[view]
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page, faults = context.new_page(), []

    def on_request(request):
        if not request.url.startswith((address, "data:", "blob:")):
            faults.append((page.url, "outside request", request.url))

    def on_response(response):
        if response.status >= 400:
            faults.append((page.url, response.status, response.url))

    def on_console(message):
        if message.type == "error":
            faults.append((page.url, "console", message.text))

    page.on("request", on_request)
    page.on("response", on_response)
    page.on("console", on_console)
    page.on("pageerror", lambda error: faults.append((page.url, "script error", str(error))))
    for name in PAGES:
        page.goto(address + name)
        page.evaluate("() => document.fonts.ready")
        page.wait_for_timeout(100)
        faults += [(name, fault) for fault in page.evaluate(FAULTS)]
        if width >= 1000:
            faults += [(name, barrier) for barrier in barriers(page)]
    context.close()
    assert not faults


@pytest.mark.parametrize("page", [page for page in PAGES if page.startswith("try/")])
def test_the_scripts_of_a_page_that_answers_are_small(page):
    html = (SITE / page).read_text(encoding="utf-8")
    names = re.findall(r'src="?\.\./(assets/javascripts/try/[\w-]+\.js)', html)
    assert len(names) >= 2
    assert sum((SITE / name).stat().st_size for name in names) < 60_000  # a phone, a slow line
