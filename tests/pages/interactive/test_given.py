"""What scripts are given."""

import json
import re

import pytest

from dlhw.pages.interactive.given import given


def test_what_is_given_is_read_as_it_was():
    data = {"text": 'J v for "Jᵀu" </script> & more', "numbers": [0.1, 1e-17, 3], "none": None}
    element = given("data", data).markdown
    assert element.count("</script>") == 1
    assert json.loads(re.fullmatch(r"<script [^>]+>(.*)</script>", element)[1]) == data


def test_a_number_that_is_not_finite_is_refused():
    with pytest.raises(ValueError):
        given("data", [float("nan")])
