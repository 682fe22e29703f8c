"""What MkDocs is told: which pages to build, and which lines of its log matter."""

import logging

import pytest

pytest.importorskip("mkdocs")

import hook  # noqa: E402
import own  # noqa: E402
from write import Site  # noqa: E402


class Config:
    """As much of the settings of MkDocs as the hook touches."""

    def __init__(self, site_dir):
        self.site_dir = str(site_dir)


@pytest.fixture
def build(tmp_path, monkeypatch):
    """From a site to the settings of MkDocs after the hook; it serves, from a folder of its own."""
    monkeypatch.setattr(hook.write, "PAGES", tmp_path / "pages")
    monkeypatch.setattr(hook, "serving", True)
    monkeypatch.setattr(hook, "surroundings", [])
    (tmp_path / "site").mkdir()

    def of(text="# A", package="1", errors=()):
        files = {"docs/a.md": text.encode(), "mkdocs.yml": b""}
        site = Site(files, [{"A": "a.md"}], {"a.md": ["x = 1"]}, own.Course(), list(errors))
        monkeypatch.setattr(hook.write, "made", lambda: site)
        monkeypatch.setattr(hook.write, "digest_of_package", lambda: package)
        return hook.on_config(Config(tmp_path / "site"))

    return of


def test_mkdocs_builds_what_was_written(build, tmp_path):
    config = build()
    assert config.docs_dir == str(tmp_path / "pages" / "docs") and config.nav == [{"A": "a.md"}]
    assert (tmp_path / "pages" / "docs" / "a.md").read_text("utf-8") == "# A"
    assert hook.cells == {"a.md": ["x = 1"]}


def test_a_page_that_fails_stops_a_build_and_leaves_what_was_written(build, tmp_path, monkeypatch):
    build()
    monkeypatch.setattr(hook, "serving", False)
    with pytest.raises(hook.PluginError, match="cannot be published"):
        build("# B", errors=["no"])
    assert (tmp_path / "pages" / "docs" / "a.md").read_text("utf-8") == "# A"


def test_a_page_that_fails_is_shown_while_the_site_is_served(build, tmp_path):
    build("# B", errors=["no"])
    assert (tmp_path / "pages" / "docs" / "a.md").read_text("utf-8") == "# B"


def test_while_serving_all_is_built_again_only_if_more_than_pages_changed(build, tmp_path):
    built = tmp_path / "site" / "a.html"
    kept = []
    for changes in ({}, {"text": "# B"}, {"text": "# B", "package": "2"}):
        built.touch()
        build(**changes)
        kept.append(built.exists())
    assert kept == [False, True, False]


@pytest.mark.parametrize(
    "name, level, message, shown",
    [
        ("mkdocs.hooks.site", logging.INFO, "site: built in 3 s", True),
        ("mkdocs.livereload", logging.INFO, "Serving on http://127.0.0.1:8000/", True),
        ("mkdocs.structure", logging.WARNING, "a link leads nowhere", True),
        ("mkdocs.structure", logging.ERROR, "no", True),
        ("mkdocs.commands.build", logging.INFO, "Cleaning site directory", False),
        ("mkdocs.commands.build", logging.WARNING, "A 'dirty' build is being performed", False),
    ],
)
def test_the_log_says_what_matters(name, level, message, shown):
    record = logging.LogRecord(name, level, "", 0, message, (), None)
    assert hook.matters(record) == shown
