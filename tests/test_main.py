"""The command line of the package."""

import pytest

import dlhw
from dlhw.__main__ import main


def test_data_are_written_once(tmp_path, capsys):
    mine = tmp_path / "GMMData.mat"
    mine.write_bytes(b"mine")
    main(["data", str(tmp_path), "--seed", "3"])
    assert mine.read_bytes() == b"mine"
    assert f"kept {mine}" in capsys.readouterr().out
    written, expected = dlhw.load("peaks", folder=tmp_path), dlhw.load("peaks", seed=3)
    assert all((a == b).all() for a, b in zip(written, expected, strict=True))


def test_a_command_must_be_named(capsys):
    with pytest.raises(SystemExit):
        main([])
    assert "COMMAND" in capsys.readouterr().err


SLOPE = "def slope_times(Y, V):\n    return {}\n"


@pytest.fixture
def checked(tmp_path, capsys):
    """From the text of a file to the exit status, what is printed, and what is said of errors."""

    def of(text, number="6.1"):
        path = tmp_path / "mine.py"
        path.write_text(text, "utf-8")
        status = main(["check", number, str(path)])
        return status, *capsys.readouterr()

    return of


def test_a_file_is_judged_as_on_the_page(checked):
    assert checked(SLOPE.format("V * Y * (1 - Y)")) == (0, "6.1 slope_times: right\n", "")
    status, said, _ = checked(SLOPE.format("V * (1 - Y * Y)"))
    assert (status, said.count("\n")) == (1, 1) and "slope of tanh" in said
    assert checked(SLOPE.format("..."))[0] == 1


@pytest.mark.parametrize(
    "text, number, said",
    [
        ("slope = 1", "6.1", "asks for slope_times: not found in"),
        ("def f(:", "6.1", "does not run: SyntaxError"),
        ("1 / 0", "6.1", "does not run: ZeroDivisionError"),
        ("raise SystemExit(3)", "6.1", "does not run: SystemExit: 3"),
        ("", "99.1", "expected a chapter and an exercise"),
    ],
)
def test_what_cannot_be_judged_is_said_in_one_line(text, number, said, checked):
    status, printed, error = checked(text, number)
    assert status == 2 and printed == ""
    assert said in error and error.count("\n") == 1


def test_a_file_that_is_not_there_is_told(tmp_path, capsys):
    assert main(["check", "6.1", str(tmp_path / "mine.py")]) == 2
    assert "found none called" in capsys.readouterr().err
