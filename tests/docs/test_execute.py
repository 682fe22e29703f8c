"""What a run of a chapter depends on: its code, the package, the results it names; no prose."""

import importlib.util
from pathlib import Path

import pytest

CHAPTER = """---
jupyter:
  kernelspec: {{display_name: Python 3, language: python, name: python3}}
modules: [softmax]
results: [{groups}]
---

# A chapter

{prose}

```python
{code}
```
"""


@pytest.fixture(scope="module")
def execute():
    pytest.importorskip("nbclient")
    path = Path(__file__).parents[2] / "docs" / "_site" / "execute.py"
    spec = importlib.util.spec_from_file_location("execute", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def key(execute, tmp_path):
    """From what a chapter holds to the key of its run; results are in `tmp_path / "results"`."""

    def of(groups="peaks", prose="Words.", code="1 + 1", surroundings="package"):
        path = tmp_path / "01-chapter.md"
        path.write_text(CHAPTER.format(groups=groups, prose=prose, code=code), "utf-8")
        return execute.key(execute.read(path), surroundings, tmp_path / "results")

    for name in ("peaks/a-1.npz", "gmm/b-1.npz"):
        result = tmp_path / "results" / name
        result.parent.mkdir(parents=True)
        result.touch()
    return of


def test_prose_is_not_in_the_key(key):
    assert key(prose="Other words.") == key()


def test_code_and_package_are_in_the_key(key):
    assert len({key(), key(code="1 + 2"), key(surroundings="another package")}) == 3


def test_only_the_results_that_a_chapter_names_are_in_its_key(key, tmp_path):
    before = key(groups="peaks"), key(groups="gmm"), key(groups="")
    (tmp_path / "results" / "gmm" / "b-1.npz").rename(tmp_path / "results" / "gmm" / "b-2.npz")
    after = key(groups="peaks"), key(groups="gmm"), key(groups="")
    assert [a == b for a, b in zip(before, after)] == [True, False, True]


def test_surroundings_are_code_and_data_without_docstrings(execute, tmp_path):
    (tmp_path / "dlhw").mkdir()
    (tmp_path / "data").mkdir()
    module, data = tmp_path / "dlhw" / "room.py", tmp_path / "data" / "original.toml"
    seen = []
    for code, figures in (
        ('"""A room."""\nx = 1\n', "a = 1"),
        ('"""The room."""\nx = 1\n', "a = 1"),
        ('"""A room."""\nx = 2\n', "a = 1"),
        ('"""A room."""\nx = 1\n', "a = 2"),
    ):
        module.write_text(code, "utf-8")
        data.write_text(figures, "utf-8")
        seen.append(execute.surroundings(tmp_path))
    assert seen[0] == seen[1] and len(set(seen)) == 3
