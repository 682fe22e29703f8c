"""Build the site with MkDocs: write it as plain Markdown, and let MkDocs take it from there."""

import logging
import os
import re
import time

import copying
import edition
import own
import own_sets
import reference
import taking
import write
from mkdocs.exceptions import PluginError
from mkdocs.utils import clean_directory

log = logging.getLogger("mkdocs.hooks.site")
PLAIN = re.compile(r'<span class="[nw]">([^<]*)</span>')

SERVING = "Serving on"  # how MkDocs says where the site is to be seen
DIRTY = "A 'dirty' build"  # its warning for what is wanted here: only changed pages, while serving

serving = False
cells = {}
surroundings = []
started = 0.0
course = own.Course()


def on_startup(command, dirty):
    """Set the one date of all builds, and keep to what matters unless more is wanted."""
    global serving
    serving = command == "serve"
    os.environ.setdefault("SOURCE_DATE_EPOCH", taking.EPOCH)
    if not os.environ.get("DLHW_VERBOSE"):
        for handler in logging.getLogger("mkdocs").handlers:
            handler.addFilter(matters)


def matters(record):
    """Say whether a line of the log is for whoever builds the site."""
    message = record.getMessage()
    if record.levelno >= logging.WARNING:
        return not message.startswith(DIRTY)
    return record.name == log.name or SERVING in message


def on_config(config):
    """Write the pages, and turn MkDocs to them."""
    global course, started
    started = time.monotonic()
    try:
        site = write.made()
    except (write.ChapterError, own.CourseError) as error:
        raise PluginError(str(error)) from None
    for name in own_sets.unused_files(site.course):
        log.info(f"data/{name} lies there unused: name it in data/course.toml")
    for error in site.errors:
        log.error(str(error))
    if site.errors and not serving:
        raise PluginError("the site cannot be published: what is wrong stands above")
    write.put(site.files, write.PAGES)
    cells.clear()
    cells.update(site.cells)
    config.docs_dir = str(write.PAGES / "docs")
    config.nav = site.navigation
    course = site.course
    for name, value in own.settings(course).items():
        setattr(config, name, value)
    _build_all_if_more_than_pages_changed(site, config)
    return config


def _build_all_if_more_than_pages_changed(site, config):
    """Empty the site where a dirty build would leave the reference or the navigation as it was."""
    now = [write.digest_of_package(), site.files["mkdocs.yml"]]
    if serving and surroundings != now:
        clean_directory(config.site_dir)
    surroundings[:] = now


def on_post_build(config):
    log.info(f"site: built in {time.monotonic() - started:.0f} s")


def on_serve(server, config, builder):
    """Watch what people write, and not what is written from it."""
    server.unwatch(config.docs_dir)
    return server


def on_page_markdown(markdown, page, config, files):
    """Take the page as it is: mkdocs-jupyter would render its source."""
    vars(page).pop("render", None)
    return markdown


def on_page_content(html, page, config, files):
    """Let listings be copied with what they need.

    Names and blanks have the colour of all code: their tags, a tenth of a page, go.
    """
    place = page.file.src_uri
    room, read = reference.documented(place), edition.reader(course)
    html = copying.completed(html, cells.get(place, ()), room, read)
    return PLAIN.sub(r"\1", html)
