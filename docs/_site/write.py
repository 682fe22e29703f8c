"""Write the site as plain Markdown into one folder, which any generator can build:

    python docs/_site/write.py      writes .cache/pages/: docs/ and mkdocs.yml
    python docs/_site/write.py 06   only runs the cells of chapter 6, whatever is kept of them

`docs/` holds every page with the outputs of its cells, the pages of the reference, the assets, and
what readers take along: files, notebooks, the wheel, tables of results. `mkdocs.yml` holds the
navigation. Files that are the same already are not touched. This file knows nothing of a
generator, but for the settings that it hands on.
"""

import hashlib
import os
import re
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import course_map  # noqa: E402
import edition  # noqa: E402
import execute  # noqa: E402
import nbformat  # noqa: E402
import own  # noqa: E402
import own_sets  # noqa: E402
import reading  # noqa: E402
import reference  # noqa: E402
import status  # noqa: E402
import taking  # noqa: E402
import yaml  # noqa: E402
from bundle import BundleError  # noqa: E402
from execute import fence  # noqa: E402
from kernels import CODE, ChapterError  # noqa: E402

from dlhw.exercises.labels import ASSESSED, SAYS, label  # noqa: E402
from dlhw.study.names import statements  # noqa: E402
from dlhw.study.results import RECORDS  # noqa: E402
from dlhw.study.store import write_whole  # noqa: E402

DOCS = ROOT / "docs"
PAGES = ROOT / ".cache" / "pages"
SETTINGS = ROOT / "mkdocs.yml"
NOT_HANDED_ON = ("hooks", "watch", "exclude_docs", "nav", "docs_dir")
PACKAGE = ("dlhw", "data", "pyproject.toml", "LICENSE", "README.md")
ADDRESS, REPOSITORY = os.environ.get("SITE_URL", ""), os.environ.get("REPOSITORY", "")
CHAPTER = re.compile(r"chapters/(\d\d)-[\w-]+\.md")
TITLE = re.compile(r"^# (.+)$", re.M)
FRONT_MATTER = re.compile(r"---\n.*?\n---\n", re.S)
LISTING = re.compile(r'^```py title="dlhw/([\w/]+)\.py"\n(.*?)^```$', re.M | re.S)
CAUSE = re.compile(r"(\*\*[\w ]+ test: \w+) \((\w+)\)\*\*")
NEEDED = """\
<!-- with solutions -->
Paste a check into a notebook or a file, put your answer where `...` stands, and run it; it needs
[the wheel](../get-the-code.md#the-wheel). `python -m dlhw check 1.1 mine.py` does the same for a
file of yours, without the last line. *(compare)* marks what no check sees: compare with the
solution.
<!-- without solutions -->
The checks need the package, which this edition leaves out.
<!-- end -->
"""
HOW = """
`pip install numpy`, then write the bodies of `{0}` as you read; `python {0}` says of each whether
it is right. Bodies of an earlier chapter: take yours along, or keep one file from the start,
[`course-start.py`](../get-the-code.md).
<!-- with solutions -->
Listings that import `dlhw` need [the wheel](../get-the-code.md#the-wheel).
<!-- without solutions -->
<!-- end -->
{{ .aside }}
"""
NOT_NEEDED = "The coursework does not need what follows.\n{ .aside }"


class Page(NamedTuple):
    """A page: where it stands in the site, its source, its run (none if it has no cells)."""

    place: str
    source: str
    run: object

    @property
    def title(self):
        """The title, or the place of a page that has none."""
        found = TITLE.search(self.source)
        return found[1] if found else self.place

    @property
    def chapter(self):
        """The number of a chapter; None for other pages."""
        found = CHAPTER.fullmatch(self.place)
        return int(found[1]) if found else None

    @property
    def notebook(self):
        """The executed notebook; None if there are no cells, or one of them failed."""
        return None if isinstance(self.run, ChapterError) else self.run

    @property
    def about(self):
        """What the front matter says."""
        found = FRONT_MATTER.match(self.source)
        return yaml.safe_load(found[0].strip("-\n")) if found else {}

    def errors(self):
        """Return what is wrong with the page."""
        if isinstance(self.run, ChapterError):
            return [self.run]
        found, where = [], f"docs/{self.place}:1"
        if not TITLE.search(self.source):
            found.append(ChapterError(f"{where}: expected a title, a line '# ...', found none"))
        if self.chapter is not None and self.run is None:
            expected = "front matter that names a kernel, as that of the other chapters"
            return [*found, ChapterError(f"{where}: expected {expected}, found none")]
        if self.chapter is not None and not {"serves", "needs"} <= self.about.keys():
            expected = "front matter with serves and needs: demands, and chapters to read before"
            found.append(ChapterError(f"{where}: expected {expected}, got {list(self.about)}"))
        return found


class Site(NamedTuple):
    """What there is to publish: contents by place, and what a generator may want to know besides.

    `navigation` is titles and places, `cells` the code that each page ran, `course` what
    a teacher says of it, `errors` what is wrong.
    """

    files: dict
    navigation: list
    cells: dict
    course: own.Course
    errors: list


def main(names):
    if names:
        return run_again(names)
    site = made()
    for error in site.errors:
        print(error, file=sys.stderr)
    if site.errors:
        return 1
    changed = put(site.files, PAGES)
    print(f"{len(changed)} files changed in {PAGES}")
    return 0


def run_again(names):
    """Run the cells of pages again, named by number or file; print what is wrong with them."""
    with_cells = _with_cells(_sources())
    chosen = [path for path in with_cells if {path.stem, path.stem[:2], path.name} & set(names)]
    if not chosen:
        known = ", ".join(path.stem for path in with_cells)
        print(f"expected the number of a chapter, or one of {known}; got {' '.join(names)}")
        return 1
    _files_to_take(with_cells, digest_of_package())
    found = execute.execute(chosen, again=True).values()
    errors = [run for run in found if isinstance(run, ChapterError)]
    for error in errors:
        print("\n\n".join(dict.fromkeys([str(error), error.details])), file=sys.stderr)
    return bool(errors)


# ---- gathering -----------------------------------------------------------------------------------


def made(progress=None):
    """Execute what must run, and return the site; a page that failed shows why."""
    course, every, package = own.read_course(), _sources(), digest_of_package()
    own.check_chapters(course, _chapters(every))
    taken = _files_to_take(_with_cells(every), package)
    left = {place for place in every if edition.is_left_out(place, course)}
    sources = {place: path for place, path in every.items() if place not in left}
    sources |= own_sets.pages_of_own_sets(course)
    with_cells = _with_cells(sources)
    runs = execute.execute(with_cells, progress)
    pages = [
        Page(place, path.read_text(encoding="utf-8"), runs.get(path))
        for place, path in sources.items()
        if path.suffix == ".md"
    ]
    taken = {path: file for path, file in taken.items() if path in with_cells}
    starters = _starters(taken, package)
    withheld = {f[0] for f in taken.values() if edition.is_withheld(f[1], course)}
    taken = {path: file for path, file in taken.items() if file[0] not in withheld}
    gone = {f"code/{name}" for name in withheld}
    if not course.solutions:
        gone.add(f"code/{taking.WHEEL}")
    offered = {place: taken[path][0] for place, path in sources.items() if path in taken}
    started = {place: starters[path][0] for place, path in sources.items() if path in starters}
    navigation = _navigation(pages, course)
    files = {
        **{place: path.read_bytes() for place, path in sources.items()},
        **_texts(pages, offered, started, status.kept_results(package), course, gone),
        **_notebooks(pages, course),
        **_to_take_along([*taken.values(), *starters.values()], package, course),
    }
    files = {f"docs/{place}": content for place, content in files.items()}
    files["mkdocs.yml"] = _settings(navigation, own.settings(course)).encode()
    cells = {page.place: execute.codes(page.notebook) for page in pages if page.notebook}
    errors = [error for page in pages for error in page.errors()]
    return Site(files, navigation, cells, course, errors)


def _chapters(sources):
    """Return the numbers of all chapters."""
    return [int(found[1]) for found in map(CHAPTER.fullmatch, sources) if found]


def _texts(pages, offered, started, kept, course, gone):
    """Return the Markdown of all pages, by place."""
    chapters = {page.chapter: page for page in pages if page.chapter is not None}
    filling, facts, found = _filling(pages, offered, started, kept, course), {}, {}
    if not any(page.errors() for page in chapters.values()):
        filling |= course_map.filling(chapters, started)
        facts = {page.place: course_map.facts(page, chapters) for page in chapters.values()}
    for page in pages:
        files = [offered.get(page.place), started.get(page.place)]
        found[page.place] = _text(page, files, kept, filling, facts.get(page.place, ""))
    found |= reference.pages()
    for place, text in found.items():
        found[place] = edition.published(text, place, course, gone).encode()
    return found


def _notebooks(pages, course):
    """Return the notebooks of the chapters, by place."""
    found = {}
    for page in pages:
        if page.chapter is not None and page.notebook:
            notebook = edition.published_notebook(page.notebook, page.place, course)
            notebook = taking.portable(notebook, ADDRESS)
            found[f"{page.place[:-3]}.ipynb"] = nbformat.writes(notebook).encode()
    return found


def _to_take_along(taken, package, course):
    """Return the files that pages offer, the wheel, and the tables of results, by place."""
    found = {f"code/{name}": text.encode() for name, text in taken}
    if course.solutions:
        found[f"code/{taking.WHEEL}"] = _wheel(package)
    for table in ("results.json", "results.csv"):
        found[f"results/{table}"] = (RECORDS / table).read_bytes()
    return found


def _sources():
    """Return the files of docs/ by place, without what editors and Python leave there."""
    found = {}
    for path in sorted(DOCS.rglob("*")):
        place = path.relative_to(DOCS)
        left = any(part.startswith((".", "_")) or part.endswith("~") for part in place.parts)
        if path.is_file() and not left:
            found[place.as_posix()] = path
    return found


def _with_cells(sources):
    return [path for path in sources.values() if execute.holds_cells(path)]


def _files_to_take(paths, package):
    """Return name and text of the file that each page offers, and put it where cells import it."""
    read = execute.read_all(paths).items()
    notebooks = {path: page for path, page in read if not isinstance(page, ChapterError)}
    order, found = [], {}
    for notebook in notebooks.values():
        order += notebook.metadata["front_matter"].get("modules", [])
    for path, notebook in notebooks.items():
        name = taking.offered(path, notebook)
        if name:
            source = path.read_text(encoding="utf-8")
            try:
                found[path] = name, _file_to_take(path, source, tuple(order), package)
            except BundleError as error:
                raise ChapterError(f"{path.relative_to(ROOT)}, its file {name}: {error}") from None
    put({name: text.encode() for name, text in found.values()}, CODE)
    return found


@cache
def _file_to_take(path, source, order, package):
    """Return the file that a page offers; it is cut again when the page or the package changes."""
    return taking.one_file(path, execute.read(path), order, ADDRESS)


def _starters(paths, package):
    """Return name and text of the starter that each page offers."""
    found = {}
    for path in paths:
        name = taking.starter_of(path, execute.read(path))
        if name:
            source = path.read_text(encoding="utf-8")
            found[path] = name, _starter(path, source, package)
    return found


@cache
def _starter(path, source, package):
    """Return the starter that a page offers; it is made again like the file."""
    return taking.starter(path, execute.read(path), tuple(ASSESSED), ADDRESS)


def digest_of_package(root=ROOT):
    """Return a digest of what the wheel and the reference are made of."""
    digest = hashlib.sha256()
    for name in PACKAGE:
        path = root / name
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(f"{file.relative_to(root)} {file.stat().st_size} ".encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()


@cache
def _wheel(package):
    """Return the wheel; it is built again when the package is another."""
    return taking.wheel()


# ---- pages ---------------------------------------------------------------------------------------


def _text(page, files, kept, filling, facts=""):
    """Return the Markdown of a page as it is published; `files` are its code and its starter."""
    if page.run is None:
        text = page.source
    elif page.notebook is None:
        text = f"# {page.title}\n\n{fence(page.run.details, 'text')}\n"
    else:
        text = execute.markdown(page.notebook)
    about = status.kind_of_results(page, kept) if page.notebook else ""
    for mark, words in filling.items():
        text = text.replace(mark, words)
    text = labelled(text, "../" * page.place.count("/"))
    if page.chapter is None:
        return _above_sections(text, about)
    title, question, rest = (text.rstrip() + "\n\n\n\n").split("\n\n", 2)
    title = f'{title} {{ data-number="{page.chapter}" }}'
    if page.notebook:
        rest = _above_sections(rest, f"{_downloads(Path(page.place).stem, *files)}\n{about}")
    text = "\n\n".join(filter(None, [title, question, facts, rest])).rstrip() + "\n"
    text = text.replace("\n## Exercises\n", f"\n## Exercises\n\n{NEEDED}\n", 1)
    text = reading.FURTHER.sub(rf"\g<0>\n\n{NOT_NEEDED}", text, count=1)
    text = CAUSE.sub(r"\1 ([\2](02-testing-a-derivative.md#\2))**", text)
    front_matter = FRONT_MATTER.match(page.source)
    return f"{front_matter[0]}\n{text}" if front_matter else text


def _above_sections(text, words):
    """Return a text with some words above its first section."""
    head, mark, sections = f"\n{text}".partition("\n## ")
    return f"{head[1:].rstrip()}\n\n{words}".rstrip() + "\n" + mark + sections


def _filling(pages, offered, started, kept, course):
    """Return what only the build knows, by the marks in whose place it stands."""
    files = [name for place, name in sorted(offered.items()) if CHAPTER.fullmatch(place)]
    starters = [name for place, name in sorted(started.items()) if CHAPTER.fullmatch(place)]
    source = ""
    if REPOSITORY:
        source = "## The repository\n\nEverything, with its tests and what builds the site: "
        source += f"<{REPOSITORY}>."
    return {
        "<!-- chapter files -->": _list_of_files(files),
        "<!-- starters -->": _list_of_files(starters),
        "<!-- repository -->": source,
        "<!-- rooms -->": reference.contents(),
        "<!-- runs of pages -->": status.runs_of_pages(pages),
        "<!-- kept results -->": status.table_of_results(kept),
        "<!-- sample -->": status.sample(),
        "WHEEL": taking.WHEEL,
        "COURSE-NAME": own.settings(course)["site_name"],
    }


def _list_of_files(names):
    return "\n".join(f'- [`{name}`](code/{name}){{ download="{name}" }}' for name in names)


def _downloads(name, file, starter):
    """Return the links to what a chapter offers, the starter first."""
    links = []
    if starter:
        mark = f'.md-button .md-button--primary download="{starter}"'
        links.append(f"[Write it yourself](../code/{starter}){{ {mark} }}")
    if file:
        links.append(f'[Code](../code/{file}){{ .md-button download="{file}" }}')
    links.append(f'[Notebook](./{name}.ipynb){{ .md-button download="{name}.ipynb" }}')
    links.append("[All the code](../get-the-code.md){ .md-button }")
    return "\n".join(links) + "\n{ .downloads }\n" + (HOW.format(starter) if starter else "")


def labelled(text, up=""):
    """Return a page whose listings of the package carry their label.

    Where a label comes first on a page, it is said what it means.

    Examples
    --------
    >>> print(labelled('```py title="dlhw/arrays.py"\\ndef inner(x, y): ...\\n```'))
    Tool: use it, and cite it. [What you may take](get-the-code.md#what-you-may-take).
    { .aside }
    <BLANKLINE>
    ```py title="dlhw/arrays.py · tool"
    def inner(x, y): ...
    ```
    """
    said = set()

    def with_label(match):
        room, code = match[1].replace("/", "."), match[2]
        found = label(room, {name for s in statements(code) for name in s.binds})
        listing = f'```py title="dlhw/{match[1]}.py · {found}"\n{code}```'
        if found in said:
            return listing
        said.add(found)
        link = f"[What you may take]({up}get-the-code.md#what-you-may-take)"
        return f"{SAYS[found]} {link}.\n{{ .aside }}\n\n{listing}"

    return LISTING.sub(with_label, text)


# ---- navigation ----------------------------------------------------------------------------------


def _navigation(pages, course):
    """Return the navigation of the settings with the pages of its folders, chapters by number."""
    found = []
    for entry in yaml.load(SETTINGS.read_text(encoding="utf-8"), yaml.BaseLoader)["nav"]:
        ((title, place),) = entry.items()
        if edition.is_left_out(place, course):
            continue
        found.append({title: _listed(place, pages) if place.endswith("/") else place})
        if title == "Results":
            found += [{own_set["name"]: own_sets.place_of(own_set)} for own_set in course.data]
    return found


def _listed(folder, pages):
    """Return title and place of each page in a folder."""
    listed = []
    for page in pages:
        if page.place.startswith(folder):
            number = "" if page.chapter is None else f"{page.chapter} · "
            listed.append({f"{number}{page.title}": page.place})
    return listed


def _settings(navigation, ours):
    """Return the settings with which a generator builds the folder: nothing runs in between."""
    tree = yaml.compose(SETTINGS.read_text(encoding="utf-8"))
    left = {*NOT_HANDED_ON, *ours}
    kept = [(name, value) for name, value in tree.value if name.value not in left]
    for name, value in kept:
        if name.value == "plugins":
            value.value = [plugin for plugin in value.value if not _runs_notebooks(plugin)]
    tree.value = (
        yaml.compose(yaml.safe_dump({"docs_dir": "docs", "nav": navigation, **ours})).value + kept
    )
    return yaml.serialize(tree, allow_unicode=True, width=100)


def _runs_notebooks(plugin):
    """Say whether a plugin is the one for notebooks: in the folder there are none to render."""
    return isinstance(plugin, yaml.MappingNode) and plugin.value[0][0].value == "mkdocs-jupyter"


# ---- writing -------------------------------------------------------------------------------------


def put(files, folder):
    """Make a folder hold these files and no others; return those that were not so already."""
    changed = []
    for place, content in files.items():
        path = Path(folder, place)
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, content)
            changed.append(place)
    for path in sorted(Path(folder).rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path.relative_to(folder).as_posix() not in files:
            path.unlink()
    return changed


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ChapterError as error:
        sys.exit(str(error))
