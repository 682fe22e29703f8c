"""Tables and the figure of the appendix on speed, from the published times in data/bench.json."""

import json
from functools import cache

from ..datasets import data_text
from . import figures

NAMES = {
    "dlhw": "dlhw",
    "original-style": "the original's way",
    "torch": "PyTorch",
    "torch-bmm": "PyTorch, `bmm`",
    "jax-scan": "JAX, `jit` + `scan`",
    "jax-scan-vmap": "JAX, `scan` + `vmap`",
    "sklearn": "scikit-learn",
}
CASES = {
    "one, float64": (1, "float64"),
    "one, float32": (1, "float32"),
    "of 16, float64": (16, "float64"),
    "of 16, float32": (16, "float32"),
}
NETWORKS = ("W1", "W2", "W3")
ITEMS = (*NETWORKS, "W4")
CURVES = [  # implementation, number type, style
    ("dlhw", "float64", "-"),
    ("dlhw", "float32", "--"),
    ("torch-bmm", "float64", "-"),
    ("jax-scan-vmap", "float64", "-"),
    ("original-style", "float64", ":"),
]


@cache
def bench():
    """Return the published times: the results, how the cost grows, the machine and the date.

    Examples
    --------
    >>> sorted(bench())
    ['date', 'growth', 'machine', 'results']
    """
    return json.loads(data_text("bench.json"))


@cache
def found():
    """Return what was timed: (item, stack, number type, implementation) -> its result.

    Examples
    --------
    >>> found()["W1", 1, "float64", "dlhw"]["over_dlhw"]["1"]["median"]
    1.0
    """
    return {(r["item"], r["stack"], r["dtype"], r["implementation"]): r for r in bench()["results"]}


def median(item, stack, dtype, name):
    """Return the median time of one network's step, in microseconds.

    Examples
    --------
    >>> median("W1", 16, "float64", "dlhw") < median("W1", 1, "float64", "dlhw")
    True
    """
    return found()[item, stack, dtype, name]["us_per_network_step"]["median"]


def gain(item):
    """Return how many times as fast a network's step is in a stack of sixteen.

    Examples
    --------
    >>> gain("W1") > 1
    True
    """
    return median(item, 1, "float64", "dlhw") / median(item, 16, "float64", "dlhw")


def machine():
    """Return a line that says what the times were measured on.

    Examples
    --------
    >>> "numpy" in machine()
    True
    """
    parts = dict(bench()["machine"])
    about = [parts.pop("processor"), parts.pop("system"), "Python " + parts.pop("python")]
    versions = [f"{name} {version}" for name, version in parts.items()]
    return f"{', '.join(about)}; {', '.join(versions)}"


def times():
    """Return a table of times for each item, in tabs.

    Examples
    --------
    >>> str(times()).splitlines()[2].strip()
    '|  | one, float64 | one, float32 | of 16, float64 | of 16, float32 |'
    """
    tables = {}
    for item in ITEMS:
        there = [name for name in NAMES if any(_timed(item, case, name) for case in CASES.values())]
        rows = [
            [NAMES[name], *(_cell(item, case, name) for case in CASES.values())] for name in there
        ]
        tables[item] = figures.table(rows, ["", *CASES])
    return figures.tabs(tables)


def _timed(item, case, name):
    return (item, *case, name) in found()


def _cell(item, case, name):
    """Write the median, and in brackets how many times as long as dlhw with the same stack."""
    if not _timed(item, case, name):
        return "–"
    time = _number(median(item, *case, name))
    return time if name == "dlhw" else f"{time} ({_over_dlhw(item, case, name)['median']:.2g})"


def _over_dlhw(item, case, name):
    stack, _ = case
    return found()[item, *case, name]["over_dlhw"][str(stack)]


def _number(value):
    return f"{value:.3g}" if value < 1000 else f"{value:.0f}"


def lost():
    """Return a table of where another implementation was quicker than dlhw in every round.

    Examples
    --------
    >>> str(lost()).splitlines()[0]
    '|  | networks | quicker than dlhw | its time / ours |'
    """
    rows = []
    for item in ITEMS:
        for title, case in CASES.items():
            others = [name for name in NAMES if name != "dlhw" and _timed(item, case, name)]
            for name in others:
                over = _over_dlhw(item, case, name)
                if over["max"] < 1:
                    rows.append([item, title, NAMES[name], f"{over['median']:.2g}"])
    return figures.table(rows, ["", "networks", "quicker than dlhw", "its time / ours"])


def stacks():
    """Draw the time of one network's step over the number of networks in a stack.

    Examples
    --------
    >>> stacks().text[:12]
    'Three panels'
    """
    fig, panels = figures.axes(3, 1, size=(4.9, 7.2), sharex=True)
    for ax, item in zip(panels, NETWORKS):
        sizes = sorted({stack for other, stack, _, _ in found() if other == item})
        for name, dtype, style in CURVES:
            _curve(ax, item, sizes, name, dtype, style)
        ax.set(title=item, ylabel="µs a network's step")
        ax.set_xticks(sizes, [str(size) for size in sizes])
        ax.minorticks_off()
    panels[-1].set_xlabel("networks in the stack")
    panels[0].legend(fontsize=8)
    return figures.show(
        fig,
        caption="Time of one network's step over the number of networks side by side. Dotted: the "
        "original's way, one network. `float64` but for the dashed line.",
        text="Three panels for W1, W2 and W3. The time of dlhw falls steeply up to about 16 "
        "networks and then levels off, below that of stacked PyTorch everywhere, and near that of "
        "JAX for W2 and W3; for W1 JAX stays below.",
    )


def _curve(ax, item, sizes, name, dtype, style):
    there = [size for size in sizes if _timed(item, (size, dtype), name)]
    values = [median(item, size, dtype, name) for size in there]
    label, marker = NAMES[name].replace("`", ""), "."
    if dtype == "float32":
        label += ", float32"
    if name == "original-style" and there:  # a single network: its time as a level
        there, values, marker = [sizes[0], sizes[-1]], 2 * values[:1], None
    colours = [*figures.COLOURS, figures.INK]
    colour = colours[list(NAMES).index(name)]
    ax.loglog(there, values, style, color=colour, marker=marker, label=label)


def growth():
    """Return tables of how the time grows with the depth, the width and the batch, in tabs.

    Examples
    --------
    >>> [line for line in str(growth()).splitlines() if line.startswith("===")]
    ['=== "Hidden layers"', '=== "Width"', '=== "Batch"']
    """
    medians = {
        (r["axis"], r["value"], r["implementation"]): r["us_per_network_step"]["median"]
        for r in bench()["growth"]
    }
    names = [name for name in NAMES if any(other == name for _, _, other in medians)]
    tables = {}
    for axis, title in (("depth", "hidden layers"), ("width", "width"), ("batch", "batch")):
        values = sorted({value for other, value, _ in medians if other == axis})
        rows = [
            [NAMES[name], *(_number(medians[axis, value, name]) for value in values)]
            for name in names
        ]
        tables[title.capitalize()] = figures.table(rows, [title, *map(str, values)])
    return figures.tabs(tables)
