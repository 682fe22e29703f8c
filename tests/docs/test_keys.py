"""When the cells of a page run again: what they use has changed, and only then."""

import shutil
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat")

import keys  # noqa: E402

ROOT = Path(__file__).parents[2]
GROUPS = ("peaks", "gmm")
PAGES = {
    "formula": "from dlhw.softmax import softmax\nsoftmax([[0.0], [1.0]])",
    "step": "from dlhw.optimizers import sgd\nsgd",
    "layer": "from dlhw.layers import Dense, tanh\nDense(2, 3, tanh)",
    "data": "from dlhw import load\nload('gmm')",
    "figures of others": "from dlhw.datasets import data_text\ndata_text('course_files.toml')",
    "listing": "from dlhw.pages import figures\nfrom dlhw.softmax import affine\n"
    "figures.source(affine)",
    "listing of a part": "from dlhw import softmax\nfrom dlhw.pages import figures\n"
    "figures.source(softmax.affine)",
    "unsure listing": "from dlhw import softmax\nfrom dlhw.pages import figures\n"
    "figures.source(*[getattr(softmax, name) for name in ('affine',)])",
    "whole room": "from dlhw import softmax\ngetattr(softmax, 'aff' + 'ine')",
    "peaks": "from dlhw.study.results import results\nresults('peaks')",
    "gmm": "from dlhw.study.results import results\nresults('gmm')",
    "all experiments": "from dlhw.study.registry import EXPERIMENTS\nlen(EXPERIMENTS)",
    "docstrings": "from dlhw.pages.derivatives.other_tools import TOOLS\nTOOLS",
}
EVERY = set(PAGES)


def notebook(code, groups=(), prose="Words."):
    cells = [nbformat.v4.new_markdown_cell(prose), nbformat.v4.new_code_cell(code)]
    return nbformat.v4.new_notebook(
        cells=cells, metadata={"front_matter": {"results": list(groups)}}
    )


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A copy of the package and its data, with made-up results."""
    root = tmp_path_factory.mktemp("house")
    for folder in ("dlhw", "data"):
        ignored = shutil.ignore_patterns("__pycache__", "*.npz", "results")
        shutil.copytree(ROOT / folder, root / folder, ignore=ignored)
    for group in GROUPS:
        (root / "results" / group).mkdir(parents=True)
        (root / "results" / group / f"{group}-1.npz").write_text(group, "utf-8")
    return root


@pytest.fixture
def changed(house):
    """From a file and a change of its text to the pages whose cells run again."""
    undo = []

    def keys_now():
        found = {}
        for name, code in PAGES.items():
            groups = [name] if name in GROUPS else []
            found[name] = keys.key(notebook(code, groups), house, house / "results")
        return found

    before = keys_now()

    def of(*changes):
        for place, old, new in changes:
            path = house / place
            text = path.read_text("utf-8") if path.exists() else None
            undo.append((path, text))
            assert text is None or old in text
            path.write_text(new if text is None else text.replace(old, new, 1), "utf-8")
        after = keys_now()
        return {name for name in PAGES if before[name] != after[name]}

    yield of
    for path, text in reversed(undo):
        path.unlink() if text is None else path.write_text(text, "utf-8")


COMMENT = ("dlhw/softmax.py", "\ndef softmax(", "\n# A comment.\ndef softmax(")
DOCSTRING = ("dlhw/softmax.py", '    """', '    """Or: ')
FORMULA = ("dlhw/softmax.py", "E / E.sum(", "1.0 * E / E.sum(")
NOT_USED = {
    "a stray file": ("dlhw/stray.py", "", "x = 1\n"),
    "a swap file": ("dlhw/.softmax.py.swp", "", "x"),
    "a file in data/": ("data/PeaksData.mat", "", "x"),
    "a swap file in data/": ("data/.original.toml.swp", "", "x"),
    "an unused activation": (
        "dlhw/layers.py",
        "\nrelu = ",
        '\ncube = Activation("cube", lambda Z: Z**3, lambda Y, V: V)\nrelu = ',
    ),
    "an unused function": (
        "dlhw/optimizers.py",
        "\ndef sgd(",
        "\ndef unused():\n    pass\n\n\ndef sgd(",
    ),
    "a new data set": (
        "dlhw/datasets.py",
        "RULES = {\n",
        'RULES = {\n    "rings": Rule("RingsData.mat", (100, 50), 2, 2, redrawn=0.0),\n',
    ),
}


@pytest.mark.parametrize("name", NOT_USED)
def test_what_no_page_uses_runs_nothing(changed, name):
    assert changed(NOT_USED[name]) == set()


def test_a_comment_and_a_docstring_run_only_what_may_show_them(changed):
    assert changed(COMMENT) == {"unsure listing"}
    assert changed(COMMENT, DOCSTRING) == {"unsure listing"}


def test_a_comment_in_what_is_listed_runs_the_page(changed):
    comment = ("dlhw/softmax.py", "    return W @ X + b", "    # why\n    return W @ X + b")
    assert changed(comment) == {"listing", "listing of a part", "unsure listing"}


def test_a_formula_runs_what_uses_it_and_nothing_else(changed):
    used = changed(FORMULA)
    assert {"formula", "whole room", "peaks", "gmm"} <= used
    assert not used & {"step", "layer", "figures of others", "listing"}


def test_a_data_set_runs_what_loads_it(changed):
    used = changed(("dlhw/datasets.py", '"GMMData.mat", (25000,', '"GMMData.mat", (24000,'))
    assert "data" in used and not used & {"formula", "step", "layer", "listing"}


def test_figures_of_others_run_what_reads_them(changed):
    used = changed(("data/course_files.toml", "\n", "\n# more\n"))
    assert "figures of others" in used and not used & {"formula", "step", "data", "listing"}


def test_an_experiment_runs_the_pages_of_its_group(changed):
    new = '    yield Experiment("peaks", "new", "peaks", "tanh", 2, 7, seeds=10)\n'
    peaks = ("dlhw/study/registry.py", "def gmm():", "def gmm():")
    text = '    original = partial(Experiment, "peaks"'
    assert changed(peaks) == set()
    assert changed(("dlhw/study/registry.py", text, new + text)) == {"peaks", "all experiments"}


def test_another_result_runs_the_pages_of_its_group(changed):
    assert changed(("results/gmm/gmm-1.npz", "gmm", "other")) == {"gmm"}
    assert changed(("results/peaks/peaks-2.npz", "", "more")) == {"gmm", "peaks"}


def test_docstrings_run_the_pages_that_show_them(changed):
    assert "docstrings" in changed(
        ("dlhw/pages/derivatives/other_tools.py", '    """', '    """Or: ')
    )


def test_cells_count_and_prose_does_not(house):
    one, two = notebook("1 + 1"), notebook("1 + 2")
    assert keys.key(one, house) == keys.key(notebook("1 + 1", prose="Others."), house)
    assert keys.key(one, house) != keys.key(two, house)


def test_how_cells_run_and_versions_count(house, tmp_path, monkeypatch):
    page = notebook("1 + 1")
    before = keys.key(page, house)
    monkeypatch.setattr(keys, "version", lambda package: "1.0")
    assert keys.key(page, house) != before
    monkeypatch.undo()
    runner = tmp_path / "kernels.py"
    runner.write_text(keys.RUNNER.read_text("utf-8") + "# a comment\n", "utf-8")
    monkeypatch.setattr(keys, "RUNNER", runner)
    assert keys.key(page, house) == before
    runner.write_text("SECONDS = 1\n", "utf-8")
    assert keys.key(page, house) != before
