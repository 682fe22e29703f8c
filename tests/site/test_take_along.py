"""What the site offers, used where a reader stands: the site's files, and an empty folder."""

import ast
import doctest
import os
import re
import shutil
import subprocess
import sys
import venv
from html import unescape
from importlib.metadata import distribution, files
from importlib.util import find_spec
from pathlib import Path

import nbformat
import pytest

pytestmark = pytest.mark.site
SITE = Path(__file__).resolve().parents[2] / "site"
CHAPTERS = sorted((SITE / "chapters").glob("[0-9][0-9]-*.ipynb"))


def files_of(*numbers):
    return [f"{path.stem}.py" for path in CHAPTERS if path.stem[:2] in numbers]


NUMPY_ALONE = ["gradient_test.py", *files_of("00", "01", "02", "03", "06", "07", "08")]
WITH_SCIPY = ["course.py", *files_of("04", "05")]
FILES = NUMPY_ALONE + WITH_SCIPY
PAGE_OF = {"gradient_test.py": "index.html", "course.py": "get-the-code.html"}
SAME_BITS = {"OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
PAGES = sorted(
    path.relative_to(SITE).as_posix()
    for path in SITE.rglob("*.html")
    if re.search('class="language-py', path.read_text("utf-8"))
)
COPY = """async (installed) => {
  const texts = []
  for (const fold of document.querySelectorAll('details')) fold.open = true
  const listings = '.language-py, .language-python:not(.doc-signature), .language-pycon'
  for (const box of document.querySelectorAll(listings)) {
    const needs = box.dataset.needs, button = box.querySelector('[data-clipboard-target]')
    if (needs && !installed.includes(needs)) continue
    if (['Check yourself', 'Given'].includes(box.querySelector('.filename')?.innerText)) continue
    await navigator.clipboard.writeText('')
    button.click()
    for (let i = 0; i < 50 && !(await navigator.clipboard.readText()); i++)
      await new Promise(done => setTimeout(done, 10))
    texts.push(await navigator.clipboard.readText() || null)
  }
  return texts
}"""


# ---- places with nothing in them -----------------------------------------------------------------


def link(folder, *packages):
    """Put installed packages, and nothing else, into a folder."""
    for package in packages:
        for part in {file.parts[0] for file in files(package) if file.parts[0] != ".."}:
            source = Path(distribution(package).locate_file(part))
            try:
                os.symlink(source, folder / part)
            except OSError:
                # Windows lets few people link.
                shutil.copytree(source, folder / part)


def python(program, *arguments, folder, packages=None, given=None):
    """Run a Python in a folder, with an input; `packages` is the only place where it finds any."""
    command, settings = [str(program)], {**clean_environment(), **SAME_BITS, "MPLBACKEND": "agg"}
    if packages:
        command.append("-S")
        settings["PYTHONPATH"] = str(packages)
    command += arguments
    return subprocess.run(
        command, cwd=folder, env=settings, capture_output=True, text=True, input=given
    )


def clean_environment():
    """Return the variables of this process, but for those that lead Python to packages."""
    leads = ("PYTHON", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(leads)}


@pytest.fixture(scope="session")
def alone(tmp_path_factory):
    """From packages to a folder that holds them and nothing else."""
    made = {}

    def of(*packages):
        if packages not in made:
            made[packages] = tmp_path_factory.mktemp("packages")
            link(made[packages], *packages)
        return made[packages]

    return of


def environment(folder, wheel=None):
    """Make a virtual environment that finds what is installed here, but for the package.

    Return its Python.
    """
    venv.create(folder, with_pip=False)
    if os.name == "nt":
        inside, program = folder / "Lib" / "site-packages", folder / "Scripts" / "python.exe"
    else:
        (inside,) = folder.glob("lib/python*/site-packages")
        program = folder / "bin" / "python"
    (inside / "others.pth").write_text(str(Path(distribution("numpy").locate_file(""))), "utf-8")
    if wheel:
        install = ["-m", "pip", "install", "--quiet", "--no-index", wheel]
        subprocess.run([program, *install], check=True)
    return program


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    """The Python of an environment where the site's wheel has been installed, offline."""
    (wheel,) = (SITE / "code").glob("*.whl")
    return environment(tmp_path_factory.mktemp("installed"), wheel)


@pytest.fixture
def empty(tmp_path):
    """An empty folder outside the repository."""
    return tmp_path


# ---- files and notebooks -------------------------------------------------------------------------


def check_of(name):
    """Return what the page of a file shows as the output of its check."""
    notebook = nbformat.read((SITE / "chapters" / name).with_suffix(".ipynb"), as_version=4)
    (cell,) = (cell for cell in notebook.cells if "check" in cell.metadata.get("tags", []))
    (output,) = cell.outputs
    return output.data["text/plain"]


def test_every_file_is_there():
    files = {path.name for path in (SITE / "code").glob("*.py")}
    assert {name for name in files if not name.endswith("-start.py")} == set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_a_file_runs_alone_and_shows_what_its_page_says(name, alone, empty):
    shutil.copy(SITE / "code" / name, empty)
    packages = alone("numpy") if name in NUMPY_ALONE else alone("numpy", "scipy")
    run = python(sys.executable, name, folder=empty, packages=packages)
    assert run.returncode == 0, run.stderr
    if name in PAGE_OF:
        page = text((SITE / PAGE_OF[name]).read_text("utf-8"))
        words = re.findall(r"[\w.]+", run.stdout)
        assert len(words) > 10 and [word for word in words if word not in page] == []
    else:
        assert run.stdout.strip() == check_of(name).strip()


@pytest.mark.parametrize("name", FILES)
def test_the_examples_of_a_file_hold(name, alone, empty):
    shutil.copy(SITE / "code" / name, empty)
    packages = alone("numpy") if name in NUMPY_ALONE else alone("numpy", "scipy")
    run = python(sys.executable, "-m", "doctest", name, folder=empty, packages=packages)
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("package", ["numpy", "scipy"])
def test_a_file_says_which_packages_it_needs(package):
    for name in FILES:
        tree = ast.parse((SITE / "code" / name).read_text("utf-8"))
        imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        imported = any(package in ast.unparse(node) for node in imports)
        assert imported == (package in ast.get_docstring(tree).lower()), name


@pytest.mark.parametrize("form", ["course", "04-data", "the wheel"])
def test_the_data_are_written_by_one_line(form, installed, alone, empty):
    module = form.replace("-", "_").replace("04", "chapter")
    line = ["-c", f"from {module} import write_files; write_files('data')"]
    if form == "the wheel":
        line = ["-m", "dlhw", "data"]
    else:
        shutil.copy(SITE / "code" / f"{form}.py", empty / f"{module}.py")
    run = python(installed, *line, folder=empty)
    assert run.returncode == 0, run.stderr
    assert {path.name for path in (empty / "data").iterdir()} == {
        "PeaksData.mat",
        "GMMData.mat",
        "SwissRollData.mat",
    }


def test_the_wheel_is_installed_with_numpy_and_scipy_alone(alone, empty):
    (wheel,) = (SITE / "code").glob("*.whl")
    packages = empty / "packages"
    packages.mkdir()
    link(packages, "numpy", "scipy")
    install = ["-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target", packages]
    subprocess.run([sys.executable, *install, wheel], check=True)
    program = """
from dlhw.datasets import data_text, load
print(load("gmm").X_train.shape, data_text("original.toml")[:1] != "")
"""
    run = python(sys.executable, "-c", program, folder=empty, packages=packages)
    assert run.stdout.strip() == "(5, 25000) True", run.stderr


def outputs(notebook):
    """Return what the cells of a notebook printed and showed, as text."""

    def shown(output):
        words = output.get("text")
        if not words:
            words = output.data.get("text/markdown") or output.data["text/plain"]
        # A traceback names the reader's own lines; the package's are none once it is installed.
        return re.sub(r" in line \d+( of \w+)?", "", words)

    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [[shown(output) for output in cell.outputs] for cell in cells]


def executed(notebook, folder, program):
    """Execute a notebook in a folder with the Python of an environment, as Jupyter does there."""
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient

    class Kernels(KernelSpecManager):
        def get_kernel_spec(self, kernel_name):
            command = [str(program), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
            return KernelSpec(argv=command, language="python")

    manager = AsyncKernelManager(kernel_spec_manager=Kernels())
    client = NotebookClient(notebook, km=manager, timeout=600)
    offline = {"PIP_NO_INDEX": "1", "IPYTHONDIR": str(folder)}
    settings = {**clean_environment(), **SAME_BITS, **offline}
    with client.setup_kernel(cwd=str(folder), env=settings, cleanup_kc=True):
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type == "code":
                client.execute_cell(cell, index)
    return notebook


@pytest.mark.parametrize("path", CHAPTERS, ids=[path.stem for path in CHAPTERS])
def test_a_notebook_runs_beside_the_wheel(path, empty):
    program = environment(empty / "environment")
    folder = empty / "folder"
    folder.mkdir()
    (wheel,) = (SITE / "code").glob("*.whl")
    shutil.copy(wheel, folder)
    shutil.copy(path, folder)
    published = nbformat.read(path, as_version=4)
    run = executed(nbformat.read(folder / path.name, as_version=4), folder, program)
    assert outputs(run)[1:] == outputs(published)[1:]


def test_a_notebook_alone_says_what_it_needs(empty):
    from nbclient.exceptions import CellExecutionError

    notebook, program = nbformat.read(CHAPTERS[0], as_version=4), environment(empty / "environment")
    with pytest.raises(CellExecutionError, match="beside this notebook"):
        executed(notebook, empty, program)


@pytest.mark.parametrize("path", CHAPTERS, ids=[path.stem for path in CHAPTERS])
def test_links_of_notebooks_lead_to_pages(path):
    cells = nbformat.read(path, as_version=4).cells
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    links = [link for link in re.findall(r"\]\(([^)#\s]+)", prose) if "://" not in link]
    assert [link for link in links if not (path.parent / link).exists()] == []


# ---- listings ------------------------------------------------------------------------------------


CHECK = re.compile(
    r'class="filename">Check yourself</span>.*?<code>(.*?)</code>'
    r'.*?<details class="success">(.*?)</details>',
    re.S,
)
EXAMPLE = re.compile(r'<div class="language-pycon highlight"[^>]*>.*?<code>(.*?)</code>', re.S)


def self_checks(page):
    """Return the self-checks of a page, each with the code of its solution."""
    found = []
    for check, answer in CHECK.findall(page):
        session = "\n".join(text(code) for code in EXAMPLE.findall(answer))
        examples = doctest.DocTestParser().get_examples(session)
        solution = "".join(example.source for example in examples if not example.exc_msg)
        found.append((text(check), solution))
    return found


@pytest.fixture(scope="session")
def copied(browser, address):
    """From a page to what the buttons of its listings copy, in page order.

    Left out are the self-checks, and what needs packages that are not here.
    """
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()

    def of(name):
        page.goto(address + name)
        installed = [package for package in ("torch", "jax") if find_spec(package)]
        texts = page.evaluate(COPY, installed)
        assert None not in texts
        return texts

    yield of
    context.close()


def text(html):
    return unescape(re.sub(r"<[^>]*>", "", html))


def test_a_button_copies_code_without_prompts_and_outputs(copied):
    program = "\n".join(copied("check-your-own-gradient.html"))
    assert "import numpy as np" in program
    assert ">>>" not in program and "The gradient is" not in program


@pytest.mark.parametrize("page", PAGES)
def test_the_listings_of_a_page_are_one_program(page, copied, installed, empty):
    for name in PAGE_OF:
        shutil.copy(SITE / "code" / name, empty)
    (empty / "page.py").write_text("\n\n\n".join(copied(page)), "utf-8")
    run = python(installed, "-W", "ignore", "page.py", folder=empty)
    assert run.returncode == 0, run.stderr
