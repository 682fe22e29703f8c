"""Publish executed chapters with MkDocs: their Markdown, their downloads, the results, their place in the navigation."""

import logging
import re
from pathlib import Path

import nbformat
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File

import execute

log = logging.getLogger("mkdocs.hooks.chapters")
FIGURE = re.compile(r'<figure class="plot">.*?</figure>', re.S)
STAND_IN = re.compile(r"<p>(figure-stand-in-\d+)</p>")
PLAIN = re.compile(r'<span class="[nw]">([^<]*)</span>')

serving = False
pages = {}
pictures = {}


def on_startup(command, dirty):
    global serving
    serving = command == "serve"


def on_files(files, config):
    """Execute the pages that hold cells, publish downloads and results, add a reference page a module; list chapters by file name."""
    found = {Path(file.abs_src_path): file for file in files.documentation_pages() if execute.holds_cells(file.abs_src_path)}
    runs = execute.execute(sorted(found), say=log.info)
    errors = [run for run in runs.values() if isinstance(run, execute.ChapterError)]
    if errors and not serving:
        raise PluginError("\n".join(str(error) for error in errors))
    pages.clear()
    pictures.clear()
    chapters = []
    for path, run in runs.items():
        uri, title = found[path].src_uri, re.search(r"^# (.+)$", path.read_text(encoding="utf-8"), re.M)[1]
        if isinstance(run, execute.ChapterError):
            log.error(str(run))
            pages[uri] = f"# {title}\n\n{execute.fence(run.details, 'text')}\n"
        else:
            pages[uri] = execute.markdown(run)
        if chapter := re.fullmatch(r"chapters/(\d\d)-[\w-]+\.md", uri):
            number = int(chapter[1])
            chapters.append({f"{number} · {title}": uri})
            pages[uri] = re.sub(r"^# .+$", rf'\g<0> {{ data-number="{number}" }}', pages[uri], count=1, flags=re.M)
            if not isinstance(run, execute.ChapterError):
                pages[uri] += _downloads(path.stem, run, run.metadata["front_matter"].get("modules", []), files, config)
    for table in ("results.json", "results.csv"):
        files.append(File.generated(config, f"results/{table}", abs_src_path=str(execute.RESULTS / table)))
    reference = ["reference/index.md"]
    for path in sorted((execute.ROOT / "dlhw").glob("[a-z]*.py")):
        reference.append(f"reference/{path.stem}.md")
        files.append(File.generated(config, reference[-1], content=f"# dlhw.{path.stem}\n\n::: dlhw.{path.stem}\n"))
    sections = {"chapters/": chapters, "reference/": reference}
    config.nav = [{title: sections.get(item, item) for title, item in entry.items()} for entry in config.nav]


def on_page_markdown(markdown, page, config, files):
    """Give MkDocs the executed chapter, and its own renderer back. Figures step aside until Markdown is done."""
    if page.file.src_uri in pages:
        vars(page).pop("render", None)
        return FIGURE.sub(_stand_in, pages[page.file.src_uri])


def on_page_content(html, page, config, files):
    """Put the figures back. Names and blanks have the colour of all code: their tags, a tenth of a page, go."""
    html = PLAIN.sub(r"\1", html)
    return STAND_IN.sub(lambda match: pictures.pop(match[1]), html)


def _downloads(name, notebook, modules, files, config):
    """Add a chapter's notebook and modules to the site, and return the links to them."""
    links = [f"[The executed notebook](./{name}.ipynb){{ .md-button download=\"{name}.ipynb\" }}"]
    files.append(File.generated(config, f"chapters/{name}.ipynb", content=nbformat.writes(notebook)))
    for module in modules:
        links.insert(-1, f"[The module `{module}.py`](./{module}.py){{ .md-button download=\"{module}.py\" }}")
        if not files.get_file_from_path(f"chapters/{module}.py"):
            path = execute.ROOT / "dlhw" / f"{module}.py"
            if not path.exists():
                raise PluginError(f"{name} offers the module {module!r} for download, but there is no dlhw/{module}.py")
            files.append(File.generated(config, f"chapters/{module}.py", abs_src_path=str(path)))
    return "\n" + "\n".join(links) + "\n{ .downloads }\n"


def _stand_in(match):
    name = f"figure-stand-in-{len(pictures)}"
    pictures[name] = match[0]
    return name
