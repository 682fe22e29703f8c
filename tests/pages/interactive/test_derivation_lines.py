"""The examples by hand as lines."""

import re

import pytest

from dlhw.pages.interactive.derivation_lines import EXAMPLES, symbol


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_line_reads_only_what_stands_before_it_and_its_formula_names_it_all(name):
    example = EXAMPLES[name]
    known = set(example.given)
    for line in example.forward + example.backward:
        _, *terms = line.rule
        read = {word.strip("-'") for term in terms for word in term.split()} - {"1"}
        assert read <= known, line
        written, *inside = re.findall(r"\[(\w+)\]", line.formula)
        assert written == line.name
        assert set(inside) == read
        known.add(line.name)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_mistake_changes_lines_of_the_way_back(name):
    example = EXAMPLES[name]
    back = {line.name: line for line in example.backward}
    for mistake in example.mistakes:
        for line in mistake.lines:
            assert line.rule != back[line.name].rule, mistake
            assert line.formula != back[line.name].formula, mistake


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_is_tested_has_a_gradient(name):
    example = EXAMPLES[name]
    assert {f"d{key}" for key in example.tested} <= {line.name for line in example.backward}


def test_a_gradient_is_a_letter_with_another_below():
    assert symbol("dW_out") == r"G_{W_{\text{out}}}"
