"""The pages of a teacher's own sets, and files that nobody names.

This file knows nothing of the site generator.
"""

import re
from pathlib import Path

from own import PLACE, ROOT

from dlhw.matfiles import load_mat
from dlhw.pages import own_data

CACHE = ROOT / ".cache" / "own"
PAGE = """\
---
jupyter:
  kernelspec:
    display_name: Python 3
    language: python
    name: python3
---

# {name}

Own data, from `{file}`: {features} features, {classes} classes, {train} training and {val}
validation samples. How they were drawn is not known, so there is no Bayes rule beside them, and
what other pages say of the usual sets is not said of these.

```python tags=["hide"]
from dlhw.pages import own_data

own_data.table("{file}", "{digest}")
```

*Live*: trained when this page was built, {seeds} seeds each, {epochs} epochs in batches of {batch},
by SGD at the rate {rate}, which falls by the factor {decay} every epoch; ± is the standard
deviation over the seeds.
"""


def place_of(own_set):
    """Return the place of the page of an own set.

    Examples
    --------
    >>> place_of({"name": "Two Moons", "file": "moons.mat"})
    'results/own-two-moons.md'
    """
    return f"results/own-{re.sub('[^a-z0-9]+', '-', own_set['name'].lower()).strip('-')}.md"


def pages_of_own_sets(course):
    """Write the page of each own set, and return their files by place.

    The digest of the data stands in the page's cell: other data, another page.
    """
    found = {}
    for own_set in course.data:
        place = place_of(own_set)
        path = CACHE / Path(place).name
        data = load_mat(PLACE.parent / own_set["file"])
        text = PAGE.format(
            **own_set,
            digest=own_data.digest(PLACE.parent / own_set["file"]),
            features=len(data.X_train),
            classes=len(data.C_train),
            train=data.X_train.shape[1],
            val=data.X_val.shape[1],
            seeds=len(own_data.SEEDS),
            epochs=own_data.EPOCHS,
            batch=own_data.BATCH,
            rate=own_data.LR,
            decay=own_data.DECAY,
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        found[place] = path
    return found


def unused_files(course, folder=PLACE.parent):
    """Return the `.mat` files that lie in data/ and that the course does not name."""
    named = {own_set["file"] for own_set in course.data}
    return sorted(path.name for path in folder.glob("*.mat") if path.name not in named)
