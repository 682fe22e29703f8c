"""A line now and then says how far a training is."""

import io

import pytest

from dlhw.study import progress as room
from dlhw.study.progress import Progress


class Screen(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands until it is set."""

    class Clock:
        time = 0.0

        def __call__(self):
            return self.time

    clock = Clock()
    monkeypatch.setattr(room.time, "monotonic", clock)
    return clock


@pytest.mark.parametrize("out, pause", [(Screen(), room.EVERY), (io.StringIO(), room.IN_A_LOG)])
def test_it_speaks_every_few_seconds(clock, out, pause):
    progress = Progress({"a": 100}, cores=1, out=out, clock=clock)
    for step in range(1, 9):
        clock.time = step * 0.6 * pause
        progress.epoch(["a"], step, 10)
    lines = out.getvalue().strip().replace("\r", "\n").split("\n")
    lines = [line.removeprefix("\033[K") for line in lines if line]
    assert len(lines) == 4 and lines[-1].endswith("; epoch 7 of 10 of a")


def test_a_line_is_not_longer_than_the_terminal(clock, monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    out = Screen()
    Progress({"a": 50, "b": 50}, cores=1, out=out, clock=clock).epoch(["a", "b"], 0, 10)
    assert out.getvalue() == "\r\033[K0 of 2 experiments, about 2 m"


def test_the_line_of_a_terminal_goes_when_it_ends(clock):
    out = Screen()
    progress = Progress({"a": 100}, cores=1, out=out, clock=clock)
    progress.epoch(["a"], 1, 10)
    progress.close()
    assert out.getvalue().endswith("\r\033[K") and "\n" not in out.getvalue()


def test_what_was_measured_corrects_the_estimate(clock):
    progress = Progress({"a": 50, "b": 50}, cores=2, out=io.StringIO(), clock=clock)
    assert progress.left() == 50
    clock.time = 75
    progress.finish("a")
    progress.line(["b"], 1, 2)
    assert progress.left() == pytest.approx(25)
    progress.finish("b")
    assert progress.left() == 0


def test_the_time_left_does_not_depend_on_when_the_clock_began(clock):
    said = []
    for began in (0.0, 1e6):
        clock.time, out = began, io.StringIO()
        progress = Progress({"a": 100}, cores=1, out=out, clock=clock)
        clock.time = began + 5 * room.IN_A_LOG
        progress.epoch(["a"], 1, 10)
        said.append(out.getvalue())
    assert said[0] == said[1] and "left" in said[0]
