"""A result says where it comes from."""

import platform
from importlib.metadata import version

from dlhw.study.origin import origin, processor, this_machine, versions


def test_the_processor_is_what_the_system_says(tmp_path):
    info = tmp_path / "cpuinfo"
    info.write_text("processor\t: 0\nmodel name\t: A fast one: 3 GHz\nmodel name\t: B\n", "utf-8")
    assert processor(info) == "A fast one: 3 GHz"
    assert processor(tmp_path / "none") in (platform.processor(), platform.machine())


def test_machine_and_versions_are_those_of_this_process():
    assert this_machine().startswith(processor())
    assert f"NumPy {version('numpy')}" in versions() and platform.python_version() in versions()
    assert origin()["machine"] == this_machine() and len(origin()["date"]) == len("2026-11-27")
