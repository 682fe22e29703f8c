"""A test needs a few times the memory of its largest block: `large_block.py` takes a million."""

import pytest
from large_block import GRADIENTS, measured

FEW = 20
"""Arrays of the size of x that a test may hold at once: 8 where all is right, 18 in a search."""


@pytest.mark.parametrize("name", GRADIENTS)
def test_the_memory_is_a_few_times_that_of_the_block(name):
    report, _, peak = measured(GRADIENTS[name], entries=20_000)
    assert report.passed == (name == "right")
    assert peak < FEW
