"""The benchmark: it times the same work, and its results have the promised form.

No time is judged here.
"""

import json

import bench
import numpy as np
import peers
import pytest

THERE = [peer for peer in peers.IMPLEMENTATIONS if peers.installed(peer)]
STATISTICS = {"min", "median", "max"}


@pytest.fixture(scope="module")
def works():
    return {work.item: work for work in bench.works()}


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
@pytest.mark.parametrize("item", ["W1", "W2", "W3", "W4"])
def test_all_implementations_do_the_same_work(works, item):
    bench.agree(works[item], THERE)


@pytest.mark.parametrize(
    "slip",
    [
        lambda losses: losses * 1.001,
        lambda losses: losses[::-1],
        lambda losses: losses[:, :1] + 0 * losses,
    ],
)
def test_an_implementation_that_does_something_else_is_refused(works, slip):
    class Wrong(peers.Dlhw):
        name = "wrong"

        def losses(self, batches):
            return slip(super().losses(batches))

    with pytest.raises(AssertionError, match="W3 wrong"):
        bench.agree(works["W3"], [Wrong])


def test_the_results_have_the_promised_form(works):
    results = bench.item(works["W1"], [peers.Dlhw, peers.OriginalStyle], {1: 3, 16: 2}, rounds=2)
    cases = {(r["item"], r["stack"], r["dtype"], r["implementation"]) for r in results}
    assert cases == {
        ("W1", stack, dtype, name)
        for dtype in ("float64", "float32")
        for stack, name in ((1, "dlhw"), (16, "dlhw"), (1, "original-style"))
    }
    for r in json.loads(json.dumps(results)):
        us = r["us_per_network_step"]
        assert us.keys() == STATISTICS and r["over_dlhw"].keys() == {"1", "16"}
        assert 0 < us["min"] <= us["median"] <= us["max"]


def test_a_round_times_every_case_and_none_before_the_first_run():
    calls = []
    times = bench.measure(
        {("a", 1): lambda: calls.append("a"), ("b", 2): lambda: calls.append("b")}, rounds=4
    )
    assert set(calls[:2]) == {"a", "b"} and calls.count("a") == calls.count("b") == 5
    assert times.keys() == {("a", 1), ("b", 2)} and all(np.shape(t) == (4,) for t in times.values())
