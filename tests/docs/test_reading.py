"""The parts of a page, its words and minutes."""

import pytest

pytest.importorskip("nbformat")

import reading  # noqa: E402

PAGE = """---
jupyter: {}
---

# A title

Four words of prose.

```python tags=["hide"]
these are not counted
```

| neither | is this |
| --- | --- |

$$
a + b
$$

## Going further { .further }

More.
"""


def test_prose_is_what_is_neither_code_nor_formula_nor_table():
    assert reading.words(reading.parts(PAGE).core) == 7


def test_the_second_part_begins_with_its_heading():
    core, further = reading.parts(PAGE)
    assert further.startswith("## Going further") and "More." not in core
    assert reading.parts("# A\n\nB\n") == ("# A\n\nB\n", "")


def test_what_is_longer_takes_longer():
    assert reading.minutes(PAGE) < reading.minutes(PAGE + 2000 * "word ")
    assert reading.minutes(PAGE) < reading.minutes(PAGE + "\n**1. A title.** Text.\n")
