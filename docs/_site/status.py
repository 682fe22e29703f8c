"""The page on the state of the site: what ran when, how long, and with what."""

from dlhw.pages.figures import table

VERSIONS = ("python", "numpy", "scipy", "matplotlib")


def runs_of_pages(pages):
    """Return the table of the pages with cells, in the order of the pages."""
    rows = []
    for page in pages:
        if page.notebook:
            run = page.notebook.metadata["run"]
            cells = sum(cell.cell_type == "code" for cell in page.notebook.cells)
            versions = " · ".join(run[name] for name in VERSIONS)
            link = f"[{page.title}]({page.place})"
            rows.append([link, cells, run["seconds"], run["date"], versions, run["machine"]])
    with_what = "Python · NumPy · SciPy · Matplotlib"
    header = ["page", "cells", "seconds", "executed", with_what, "machine"]
    return table(rows, header).markdown
