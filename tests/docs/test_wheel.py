"""What goes into the wheel beside the package."""

import pytest

pytest.importorskip("hatchling")


def shipped(root):
    """Return what the wheel of a repository holds, from the place there to the place in it."""
    from wheel import ShipData

    build_data = {"force_include": {}}
    ShipData(str(root), {}, None, None, str(root), "wheel").initialize("standard", build_data)
    return {
        path[len(str(root)) + 1 :]: place for path, place in build_data["force_include"].items()
    }


def test_the_wheel_holds_what_the_package_reads_and_no_data_sets(tmp_path):
    (tmp_path / "data").mkdir()
    for name in ("original.toml", "gmm_mixture.json", "PeaksData.mat", ".original.toml.swp"):
        (tmp_path / "data" / name).touch()
    expected = {
        f"data/{name}": f"dlhw/data/{name}" for name in ("original.toml", "gmm_mixture.json")
    }
    assert shipped(tmp_path) == expected
    kept = tmp_path / "data" / "results" / "peaks"
    kept.mkdir(parents=True)
    for name in ("a.npz", "a.npz.123.part", ".a.npz.swp"):
        (kept / name).touch()
    expected["data/results/peaks/a.npz"] = "dlhw/data/results/peaks/a.npz"
    assert shipped(tmp_path) == expected
