"""Publish executed chapters with MkDocs: their Markdown, what they offer, results, navigation."""

import logging
import re
from pathlib import Path

import bundle
import copying
import execute
import nbformat
import taking
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, InclusionLevel

from dlhw.study.results import RECORDS

log = logging.getLogger("mkdocs.hooks.chapters")
FIGURE = re.compile(r'<figure class="plot">.*?</figure>', re.S)
STAND_IN = re.compile(r"<p>(figure-stand-in-\d+)</p>")
CAUSE = re.compile(r"(\*\*[\w ]+ test: \w+) \((\w+)\)\*\*")
NEEDED = (
    "What you paste needs `dlhw`: [the wheel](../get-the-code.md#the-wheel) installed; or "
    "[`course.py`](../get-the-code.md#the-whole-course) beside it, then `from course import ...` "
    "stands for `from dlhw.x import ...`, and `import course as dlhw` for `import dlhw`."
)
PLAIN = re.compile(r'<span class="[nw]">([^<]*)</span>')

serving = False
pages = {}
cells = {}
pictures = {}


def on_startup(command, dirty):
    global serving
    serving = command == "serve"


def on_files(files, config):
    """Execute pages, publish what they offer, add the reference, list chapters by file name."""
    found = {
        Path(file.abs_src_path): file
        for file in files.documentation_pages()
        if execute.holds_cells(file.abs_src_path)
    }
    files_to_take = _bundles(sorted(found), config)
    runs = execute.execute(sorted(found), say=log.info)
    errors = [run for run in runs.values() if isinstance(run, execute.ChapterError)]
    if errors and not serving:
        raise PluginError("\n".join(str(error) for error in errors))
    for state in (pages, cells, pictures):
        state.clear()
    chapters = []
    for path, run in runs.items():
        uri, title = (
            found[path].src_uri,
            re.search(r"^# (.+)$", path.read_text(encoding="utf-8"), re.M)[1],
        )
        if isinstance(run, execute.ChapterError):
            log.error(str(run))
            pages[uri] = f"# {title}\n\n{execute.fence(run.details, 'text')}\n"
        else:
            pages[uri] = execute.markdown(run)
            cells[uri] = [cell.source for cell in run.cells if cell.cell_type == "code"]
        if chapter := re.fullmatch(r"chapters/(\d\d)-[\w-]+\.md", uri):
            number = int(chapter[1])
            chapters.append({f"{number} · {title}": uri})
            pages[uri] = re.sub(
                r"^# .+$", rf'\g<0> {{ data-number="{number}" }}', pages[uri], count=1, flags=re.M
            )
            pages[uri] = pages[uri].replace("\n## Exercises\n", f"\n## Exercises\n\n{NEEDED}\n", 1)
            pages[uri] = CAUSE.sub(r"\1 ([\2](02-testing-a-derivative.md#\2))**", pages[uri])
            if not isinstance(run, execute.ChapterError):
                notebook = nbformat.writes(taking.portable(run, config.site_url or ""))
                files.append(
                    File.generated(config, f"chapters/{path.stem}.ipynb", content=notebook)
                )
                pages[uri] += _downloads(path.stem, files_to_take.get(path))
        pages[uri] = _filled(
            pages[uri],
            [name for path, name in files_to_take.items() if path.stem[:2].isdigit()],
            config,
        )
    for name in files_to_take.values():
        files.append(File.generated(config, f"code/{name}", abs_src_path=str(execute.CODE / name)))
    files.append(
        File.generated(config, f"code/{taking.WHEEL}", abs_src_path=str(taking.wheel(execute.CODE)))
    )
    for table in ("results.json", "results.csv"):
        files.append(File.generated(config, f"results/{table}", abs_src_path=str(RECORDS / table)))
    for room in _rooms():
        page = File.generated(
            config,
            f"reference/{room.replace('.', '/')}.md",
            content=f"# dlhw.{room}\n\n::: dlhw.{room}\n",
            inclusion=InclusionLevel.NOT_IN_NAV,
        )
        files.append(page)
    config.nav = [
        {title: chapters if item == "chapters/" else item for title, item in entry.items()}
        for entry in config.nav
    ]


def on_page_markdown(markdown, page, config, files):
    """Give MkDocs the executed chapter and its own renderer; figures step aside until then."""
    if page.file.src_uri == "reference/index.md":
        return markdown.replace("<!-- rooms -->", _contents())
    if page.file.src_uri in pages:
        vars(page).pop("render", None)
        return FIGURE.sub(_stand_in, pages[page.file.src_uri])


def on_page_content(html, page, config, files):
    """Let listings be copied with what they need, and put the figures back.

    Names and blanks have the colour of all code: their tags, a tenth of a page, go.
    """
    uri = page.file.src_uri
    html = copying.completed(html, cells.get(uri, ()), _documented(uri))
    html = PLAIN.sub(r"\1", html)
    return STAND_IN.sub(lambda match: pictures.pop(match[1]), html)


def _documented(uri):
    """Return the room that a page of the reference documents, "" for the package, or None."""
    reference, _, name = uri.removesuffix(".md").partition("/")
    room = "" if name == "index" else name.replace("/", ".")
    return room if reference == "reference" and room in ["", *_rooms()] else None


def _rooms(folder=""):
    """Return the modules of the package, dotted, in the order in which each folder lists them."""
    rooms, inner = [], []
    for name in re.findall(r"^- `(\w+)`", bundle.read_room(folder).docstring, re.M):
        room = f"{folder}.{name}".strip(".")
        if bundle.path_of(room).name == "__init__.py":
            inner += _rooms(room)
        else:
            rooms.append(room)
    return rooms + inner


def _contents():
    """Return the list of the package's rooms with links, the course's first, then a folder each."""
    folders = {}
    for room in _rooms():
        folders.setdefault(room.rpartition(".")[0], []).append(room)
    parts = []
    for folder, rooms in folders.items():
        title = folder.replace(".", "/") or "the course"
        links = [f"[{room.rpartition('.')[2]}]({room.replace('.', '/')}.md)" for room in rooms]
        parts.append(f"- **{title}**: {', '.join(links)}")
    return "\n".join(parts)


def _bundles(paths, config):
    """Write the file that each page offers to where its cells can import it; return their names."""
    notebooks = {path: execute.read(path) for path in paths}
    order = [
        room
        for notebook in notebooks.values()
        for room in notebook.metadata["front_matter"].get("modules", [])
    ]
    names = {
        path: name
        for path, notebook in notebooks.items()
        if (name := taking.offered(path, notebook))
    }
    execute.CODE.mkdir(parents=True, exist_ok=True)
    for path, name in names.items():
        text = taking.one_file(path, notebooks[path], order, config.site_url or "")
        (execute.CODE / name).write_text(text, encoding="utf-8", newline="\n")
    return names


def _filled(text, names, config):
    """Put in what only the build knows: the chapters' files, the wheel, where the repository is."""
    links = "\n".join(f'- [`{name}`](code/{name}){{ download="{name}" }}' for name in sorted(names))
    repository = config.extra.get("repository")
    source = (
        f"## The repository\n\nEverything, with its tests and what builds the site: <{repository}>."
        if repository
        else ""
    )
    return (
        text.replace("<!-- chapter files -->", links)
        .replace("<!-- repository -->", source)
        .replace("WHEEL", taking.WHEEL)
    )


def _downloads(name, file):
    """Return the links to what a chapter offers."""
    links = (
        [f'[This chapter as one file](../code/{file}){{ .md-button download="{file}" }}']
        if file
        else []
    )
    links.append(f'[The executed notebook](./{name}.ipynb){{ .md-button download="{name}.ipynb" }}')
    links.append("[All the code](../get-the-code.md){ .md-button }")
    return "\n" + "\n".join(links) + "\n{ .downloads }\n"


def _stand_in(match):
    name = f"figure-stand-in-{len(pictures)}"
    pictures[name] = match[0]
    return name
