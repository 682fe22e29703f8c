"""Where a result comes from: the machine, the versions of what computed, the day."""

import platform
import time
from importlib.metadata import version
from pathlib import Path

from threadpoolctl import threadpool_info


def origin():
    """Return what a kept result says of where and when it was trained.

    Examples
    --------
    >>> list(origin())
    ['machine', 'versions', 'date']
    """
    return {"machine": this_machine(), "versions": versions(), "date": time.strftime("%Y-%m-%d")}


def this_machine():
    """Return the processor, and the kernels that its BLAS has chosen: they make the last bits."""
    kernels = [
        f"{library['internal_api']} {library.get('architecture', '')}".strip()
        for library in threadpool_info()
        if library["user_api"] == "blas"
    ]
    return ", ".join(dict.fromkeys([processor(), *kernels]))


def processor(info=Path("/proc/cpuinfo")):
    """Return the name of the processor, as far as the system tells it."""
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def versions():
    """Return the versions of Python and of the packages that compute."""
    packages = {"NumPy": version("numpy"), "SciPy": version("scipy")}
    named = {"Python": platform.python_version(), **packages}
    return ", ".join(f"{name} {number}" for name, number in named.items())
