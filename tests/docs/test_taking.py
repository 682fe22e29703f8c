"""A page offers its check as a file; notebooks find the package and link to pages of the site."""

import subprocess
import sys

import pytest

nbformat = pytest.importorskip("nbformat")

import taking  # noqa: E402

CELLS = [
    "import numpy as np\nfrom dlhw.softmax import softmax",
    "Z = np.array([[0.0, 0.0], [0.0, 0.0]])\nlost = 5",
]
CHECK = "P = softmax(Z)\nP.sum()"


@pytest.fixture
def page(tmp_path):
    """From front matter to a page of three cells, the last its check, and its notebook."""

    def of(check=CHECK, tags=("check",), name="01-softmax.md", **front_matter):
        path = tmp_path / name
        path.write_text("---\n---\n\n# Softmax regression\n\nWords.\n", "utf-8")
        cells = [
            nbformat.v4.new_markdown_cell("See [that](02-test.md#why), [this](a.md) and b.md.")
        ]
        cells += [nbformat.v4.new_code_cell(code) for code in CELLS]
        cells.append(nbformat.v4.new_code_cell(check, metadata={"tags": list(tags)}))
        notebook = nbformat.v4.new_notebook(cells=cells, metadata={"front_matter": front_matter})
        return path, notebook

    return of


def test_a_page_with_a_check_offers_a_file(page):
    assert taking.offered(*page()) == "01-softmax.py"
    assert taking.offered(*page(file={"name": "mine.py"})) == "mine.py"
    assert taking.offered(*page(tags=["fold"])) is None


def test_the_check_has_what_it_needs_of_the_cells_above_and_no_more(page):
    code = taking.check(page()[1])
    assert code.startswith("import numpy as np\nfrom dlhw.softmax import softmax\n")
    assert code.endswith(CHECK) and "Z = np.array" in code
    assert "lost" not in code
    assert taking.check(page(tags=[])[1]) == ""


def test_the_file_runs_alone_and_shows_the_last_value(page, tmp_path):
    path, notebook = page(modules=["softmax"])
    text = taking.one_file(path, notebook, ["arrays", "softmax"], "https://here/")
    (tmp_path / "one.py").write_text(text, "utf-8")
    run = [sys.executable, "-I", tmp_path / "one.py"]
    assert subprocess.run(run, capture_output=True, text=True).stdout == "2.0\n"
    assert "from dlhw" not in text and "import dlhw" not in text
    assert "def cross_entropy(" in text  # the rooms of the front matter are there as a whole


def test_the_head_says_what_the_file_is(page):
    path, notebook = page(modules=["softmax"], file={"shows": "a sum"})
    text = taking.one_file(path, notebook, [], "https://here/")
    head = text.split('"""')[1]
    assert head.startswith(f"Softmax regression: chapter 1 of dlhw {taking.VERSION}, in one file.")
    assert "python 01-softmax.py    shows a sum" in head and "https://here/" in head
    assert (
        f"softmax: {taking.public('softmax')[0]}," in head
        and "Python 3.11 or newer and NumPy 2.\n" in head
    )
    assert "Copyright" in head
    own = page(file={"title": "Mine", "part": "a part"}, modules=["datasets"], name="mine.md")
    head = taking.one_file(*own, []).split('"""')[1]
    assert head.startswith("Mine: a part of dlhw") and "NumPy 2 and SciPy" in head
    assert "PEAKS_SIGMA" not in head and "datasets: peaks, peaks_grid" in head


def test_a_notebook_finds_the_package_first_and_links_to_pages(page):
    notebook = page()[1]
    copy = taking.portable(notebook, "https://here/")
    finder = copy.cells[0].source
    exec(finder.replace("%pip install", "raise SystemExit  #"))  # installed, it does nothing
    assert f'"https://here/code/{taking.WHEEL}"' in finder.replace("'", '"')
    assert copy.cells[1].source == "See [that](02-test.html#why), [this](a.html) and b.md."
    assert len(copy.cells) == len(notebook.cells) + 1
    assert ".md" in notebook.cells[0].source  # the page's own notebook stays


def test_a_box_of_the_site_is_html_in_a_notebook(page):
    notebook = page()[1]
    notebook.cells[0].source = '??? success "Solution"\n\n    See [a](a.md).\n\nOn.'
    (box, on) = taking.portable(notebook).cells[1].source.split("</details>")
    assert box == "<details><summary>Solution</summary>\n\nSee [a](a.html).\n\n"
    assert on.strip() == "On."


def test_a_notebook_of_a_site_without_address_looks_beside_itself(page):
    finder = taking.portable(page()[1]).cells[0].source
    assert "https" not in finder and f'Path("{taking.WHEEL}")' in finder
    assert finder.count("+ []") == 1


def test_the_wheel_is_the_same_each_time_and_no_fault_of_its_build_is_lost(monkeypatch):
    pytest.importorskip("hatchling")
    first = taking.wheel()
    assert first.startswith(b"PK") and taking.wheel() == first
    monkeypatch.setattr(taking.sys, "executable", "false")
    with pytest.raises(taking.BundleError, match="builds no wheel"):
        taking.wheel()
