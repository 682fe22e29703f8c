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
