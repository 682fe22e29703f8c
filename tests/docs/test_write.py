"""The site as plain Markdown in one folder: what it holds, and that nothing is written in vain."""

import pytest

nbformat = pytest.importorskip("nbformat")
yaml = pytest.importorskip("yaml")

import own  # noqa: E402
import reference  # noqa: E402
import write  # noqa: E402
from kernels import ChapterError  # noqa: E402
from write import Page  # noqa: E402

FRONT = "---\njupyter: {}\nserves: [II.1]\nneeds: []\n---\n\n"
SOURCE = f"{FRONT}# The tanh layer\n\nWords.\n\n## Exercises\n\nOne.\n"


def executed(source=SOURCE):
    """Return a page of one cell that has run."""
    cell = nbformat.v4.new_code_cell("1 + 1")
    cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "2"})]
    prose = nbformat.v4.new_markdown_cell(source.partition("---\n\n")[2])
    return nbformat.v4.new_notebook(cells=[prose, cell], metadata={"front_matter": {}})


def text(page, *files, filling=()):
    files = [*files, None, None][:2]
    return write._text(page, files, {}, dict(filling))


def test_a_chapter_is_written_with_its_outputs_and_what_it_offers():
    page = Page("chapters/06-tanh-layer.md", SOURCE, executed())
    found = text(page, "06-tanh-layer.py")
    assert found.startswith("---\njupyter: {}\n")
    assert '# The tanh layer { data-number="6" }' in found
    assert "```python\n1 + 1\n```" in found and "\n2\n```" in found
    assert "\nPaste a check" in found
    assert "(../code/06-tanh-layer.py)" in found and "(./06-tanh-layer.ipynb)" in found
    assert ".py)" not in text(page)


def test_a_page_without_cells_is_written_as_it_is_but_for_what_the_build_knows():
    page = Page("notation.md", "# Notation\n\nWHEEL\n", None)
    assert text(page) == "# Notation\n\nWHEEL\n"
    assert text(page, filling={"WHEEL": "a.whl"}) == "# Notation\n\na.whl\n"


def test_the_starter_is_offered_first():
    page = Page("chapters/06-tanh-layer.md", SOURCE, executed())
    found = text(page, "06-tanh-layer.py", "06-start.py")
    starter, code = found.index("(../code/06-start.py)"), found.index("(../code/06-tanh-layer.py)")
    assert starter < code < found.index("(./06-tanh-layer.ipynb)")
    assert found.count("--primary") == 1 and "--primary" in found[starter:code]


LISTINGS = """\
```py title="dlhw/arrays.py"
def inner(x, y): ...
```

```py title="dlhw/layers.py"
tanh = Activation()
```

```py title="dlhw/layers.py"
class Dense: ...
```
"""


def test_each_listing_has_its_label_and_each_label_is_explained_once():
    found = text(Page("chapters/06-tanh-layer.md", f"# Tanh\n\n{LISTINGS}", None))
    assert found.count('title="dlhw/arrays.py · tool"') == 1
    assert found.count('title="dlhw/layers.py · assessed"') == 2
    assert found.count("(../get-the-code.md#what-you-may-take)") == 2
    assert found.index("Tool:") < found.index("· tool") < found.index("Assessed:")


def test_what_is_kept_is_said_before_the_first_section(monkeypatch):
    monkeypatch.setattr(write.status, "kind_of_results", lambda page, kept: "Kept.")
    page = Page("chapters/06-tanh-layer.md", SOURCE, executed())
    above = text(page).partition("## Exercises")[0]
    assert above.index("Words.") < above.index(".downloads") < above.index("Kept.")


def test_what_is_offered_stands_on_the_first_screen_and_facts_below_the_question():
    page = Page("chapters/06-tanh-layer.md", SOURCE, executed())
    found = write._text(page, ["06-tanh-layer.py", None], {}, {}, "Serves II.1.")
    screen = found.partition("## Exercises")[0]
    assert "Words.\n\nServes II.1.\n" in screen and "(../code/06-tanh-layer.py)" in screen


def test_what_the_coursework_does_not_need_is_marked():
    source = SOURCE + "\n## Going further { .further }\n\nMore.\n"
    page = Page("chapters/06-tanh-layer.md", source, executed(source))
    assert "## Going further { .further }\n\nThe coursework does not need" in text(page)


def test_a_chapter_that_failed_shows_why():
    page = Page("chapters/06-tanh-layer.md", SOURCE, ChapterError("no", "Traceback"))
    assert "# The tanh layer" in text(page) and "Traceback" in text(page)
    assert "ipynb" not in text(page) and page.notebook is None
    assert [str(error) for error in page.errors()] == ["no"]


def test_a_page_without_title_and_a_chapter_without_cells_are_errors():
    (error,) = Page("notation.md", "Words.\n", None).errors()
    assert str(error).startswith("docs/notation.md:1: expected a title")
    (cells,) = Page("chapters/06-tanh-layer.md", "---\nserves: [\n---\n# Tanh\n", None).errors()
    assert str(cells).startswith("docs/chapters/06-tanh-layer.md:1: expected front matter")
    (needs,) = Page("chapters/06-tanh-layer.md", "# Tanh\n", executed()).errors()
    assert "serves and needs" in str(needs)
    assert Page("notation.md", "# Notation\n", None).errors() == []


def test_a_file_that_cannot_be_cut_is_one_error_that_names_its_page(monkeypatch):
    def refuse(*arguments):
        raise write.BundleError("TERMS is two things")

    monkeypatch.setattr(write.taking, "one_file", refuse)
    path = write.DOCS / "chapters" / "06-tanh-layer.md"
    with pytest.raises(ChapterError, match="06-tanh-layer.md, its file 06-.*: TERMS is two things"):
        write._files_to_take([path], "a package that refuses")


def test_files_are_written_only_where_they_differ(tmp_path):
    files = {"docs/a.md": b"a", "docs/b/c.md": b"c"}
    assert write.put(files, tmp_path) == list(files)
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.md")}
    assert write.put(files, tmp_path) == []
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.md")} == times
    assert write.put({"docs/a.md": b"other"}, tmp_path) == ["docs/a.md"]
    assert [path.name for path in sorted(tmp_path.rglob("*"))] == ["docs", "a.md"]


def test_what_editors_and_python_leave_is_no_part_of_the_site(tmp_path, monkeypatch):
    left = ("chapters/.06.md.swp", "chapters/06.md~", "_site/hook.py", "_site/__pycache__/a.pyc")
    for place in (*left, "index.md", "assets/a.svg"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).touch()
    monkeypatch.setattr(write, "DOCS", tmp_path)
    assert list(write._sources()) == ["assets/a.svg", "index.md"]


def test_the_navigation_holds_the_pages_of_its_folders_chapters_by_number():
    pages = [Page(f"chapters/{n:02}-x.md", f"# Title {n}\n", None) for n in (1, 2)]
    navigation = write._navigation([*pages, Page("try/a.md", "# Touch\n", None)], own.Course())
    assert {"Try it": [{"Touch": "try/a.md"}]} in navigation
    chapters = {"Chapters": [{f"{n} · Title {n}": f"chapters/{n:02}-x.md"} for n in (1, 2)]}
    assert chapters in navigation and {"Home": "index.md"} in navigation


def test_another_generator_gets_settings_without_code_that_runs_in_between():
    settings = yaml.load(
        write._settings([{"Home": "index.md"}], {"site_name": "Mine"}), yaml.BaseLoader
    )
    assert settings["docs_dir"] == "docs" and settings["nav"] == [{"Home": "index.md"}]
    assert "hooks" not in settings and settings["theme"]["name"] == "material"
    assert settings["site_url"] == ["SITE_URL", ""]
    assert "search" in settings["plugins"] and "mkdocs-jupyter" not in str(settings["plugins"])


def test_every_room_has_a_page_of_the_reference():
    pages = reference.pages()
    assert pages["reference/softmax.md"] == "# dlhw.softmax\n\n::: dlhw.softmax\n"
    assert reference.documented("reference/study/results.md") == "study.results"
    assert reference.documented("reference/index.md") == ""
    assert reference.documented("index.md") is None
    assert all(f"]({place.removeprefix('reference/')})" in reference.contents() for place in pages)
