"""The state of the site: what ran when, how long, on which machine, and with which versions."""

import json
from functools import cache
from posixpath import dirname, relpath

from dlhw.pages.figures import table
from dlhw.study.commands import SAMPLE
from dlhw.study.registry import EXPERIMENTS
from dlhw.study.results import FOLDER
from dlhw.study.store import load_result, trouble

PLACE = "status.md"
HOW = {"seconds": "seconds", "date": "when", "versions": "with", "machine": "where"}
"""What is told of a run, and the titles of these columns."""


def runs_of_pages(pages):
    """Return the table of the pages with cells, in their order."""
    rows = []
    for page in pages:
        if page.notebook:
            run = page.notebook.metadata["run"]
            cells = sum(cell.cell_type == "code" for cell in page.notebook.cells)
            link = f"[{page.title}]({page.place})"
            rows.append([link, cells, *(run[name] for name in HOW)])
    return table(rows, ["page", "cells", *HOW.values()]).markdown


@cache
def kept_results(package):
    """Return, by name, what each experiment tells of its kept result, or why there is none.

    They are read again when the digest of the package, its data and its results is another.
    """
    found = {}
    for experiment in EXPERIMENTS.values():
        why = trouble(experiment, FOLDER)
        about = {"group": experiment.group, "kind": why or "kept"}
        if not why:
            result = load_result(experiment, FOLDER)
            about |= {"seconds": result.seconds, **result.origin}
        found[experiment.name] = about
    return found


def table_of_results(kept):
    """Return the table of the experiments: those that are kept, and what the others lack."""
    rows = []
    for name, about in kept.items():
        rows.append([f"`{name}`", about["kind"], *(about.get(column, "") for column in HOW)])
    return table(rows, ["experiment", "kind", *HOW.values()]).markdown


def sample():
    """Return what came out when some of the kept results were trained again."""
    if not SAMPLE.exists():
        return "No sample was trained again."
    found = json.loads(SAMPLE.read_text(encoding="utf-8"))
    rows = [[f"`{each['name']}`", each["seconds"], each["agreement"]] for each in found]
    return table(rows, ["trained again, chosen at random", "seconds", "old and new agree"]).markdown


def kind_of_results(page, kept):
    """Return the line that says where the kept results of a page come from; "" if it reads none."""
    groups = page.notebook.metadata["front_matter"].get("results", [])
    origins = {}
    for about in kept.values():
        if about["group"] in groups and about["kind"] == "kept":
            origins.setdefault(about["machine"], []).append(about["date"])
    if not origins:
        return ""
    trained = "; ".join(f"on {machine}, {_days(dates)}" for machine, dates in origins.items())
    more = relpath(PLACE, dirname(page.place) or ".")
    return (
        f"*Kept results*: the tables here show networks that were trained {trained}"
        f" ([all of them]({more})). What a cell trains in sight was trained for this page."
        "\n{ .aside }"
    )


def _days(dates):
    """Return the first and the last of some days."""
    return " to ".join(sorted({min(dates), max(dates)}))
