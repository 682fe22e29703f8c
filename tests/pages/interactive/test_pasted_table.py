"""Tables of many programs, read."""

import numpy as np
import pytest

from dlhw.pages.interactive.pasted_table import guessed, read

T = 0.5 ** np.arange(8)
E0, E1 = 3 * T + T**2, T**2 + 0.1 * T**3


def rows(*columns, form="{:.6e}", between=" "):
    return "\n".join(between.join(form.format(x) for x in row) for row in zip(*columns))


def fortran(x):
    return f"{x:.6E}".replace("E", "D")


@pytest.mark.parametrize(
    "text",
    [
        rows(T, E0, E1),
        rows(T, E0, E1, between="\t"),
        rows(T, E0, E1, between=", "),
        rows(T, E0, E1, between=" & ").replace("\n", " \\\\\n"),
        "| t | E0 | E1 |\n|---|---|---|\n" + rows(T, E0, E1, between=" | "),
        rows(T, E0, E1, between=";").replace(".", ","),
        rows(T, E0, E1).replace(".", ","),
        rows(T, E0, E1).replace("e-", "e\u2212"),
        "\n".join(" ".join(map(fortran, row)) for row in zip(T, E0, E1)),
        "\n".join(
            f"k={k}: t = {a:.6e}  E0={b:.6e}, E1={c:.6e}"
            for k, (a, b, c) in enumerate(zip(T, E0, E1))
        ),
        "ans =\n\n   1.0e-03 *\n\n" + rows(1e3 * T, 1e3 * E0, 1e3 * E1, form="{:.9f}"),
        "[[" + rows(T, E0, E1).replace("\n", "],\n[") + "]]",
        "test of W\n\n" + rows(T, E0, E1) + "\n\ndone in 3 s",
        "E1 E0 h\n" + rows(E1, E0, T),
    ],
)
def test_a_table_is_read_in_any_language(text):
    table = read(text)
    for name, column in {"t": T, "E0": E0, "E1": E1}.items():
        np.testing.assert_allclose(table.columns[name], column, rtol=1e-5)


def test_a_number_is_known_to_half_its_last_digit():
    units = read("t E0 E1\n1 0.25 1e-3\n0.5 0.5 2.0e-3\n.25 1.00 3\n.125 2. 4").units
    assert units["E0"] == [0.005, 0.05, 0.005, 0.5] and units["t"] == [0, 0, 0.005, 0.0005]
    np.testing.assert_allclose(units["E1"], [5e-4, 5e-5, 0, 0])


def test_steps_that_are_not_given_are_halved_and_rows_of_another_length_counted():
    table = read("1.0 2.0 3.0\n" + rows(E0, E1))
    assert table.columns["t"] == T.tolist() and table.skipped == 1


@pytest.mark.parametrize(
    "columns, names",
    [
        ([T, E0, E1], ["t", "E0", "E1"]),
        ([range(8), T, E0, E1], ["", "t", "E0", "E1"]),
        ([T, 1 - 0.1 * T, 1.01 + 0 * T], ["t", "f", "claim"]),
        ([T, E0, [0, *E0[:-1] / E0[1:]], E1, [0, *E1[:-1] / E1[1:]]], ["t", "E0", "", "E1", ""]),
        ([T, 1 + E0, 2 + 0 * T], ["t", "f", "claim"]),
        ([T, 2 + 0 * T, 1 + E0], ["t", "claim", "f"]),
        ([T, 1 + 0.01 * E0, 0 * T], ["t", "f", "claim"]),
        ([T, E0, E1, E1**0.5], []),
    ],
)
def test_columns_tell_what_they_are(columns, names):
    assert guessed([list(map(float, column)) for column in columns]) == names


@pytest.mark.parametrize(
    "text, came",
    [("", "got 0"), ("no numbers here", "got 0"), ("1 2\n3 4\n5 6", "got 3"), (rows(T), "got 0")],
)
def test_too_little_is_refused_in_a_sentence(text, came):
    with pytest.raises(ValueError, match=f"expected at least four rows of numbers, {came}"):
        read(text)


def test_columns_that_do_not_tell_are_refused():
    with pytest.raises(ValueError, match="got 4 that do not tell"):
        read(rows(T, E0, E1, E1**0.5))


def test_two_tables_are_refused_with_or_without_a_line_between():
    one = rows(T, E0, E1)
    with pytest.raises(ValueError, match="expected one table, got 2: paste them one by one"):
        read(f"t E0 E1\n{one}\n\nt E0 E1\n{one}")
    with pytest.raises(ValueError, match="expected each step once"):
        read(f"{one}\n{one}")


@pytest.mark.parametrize(
    "text",
    [
        "numerical: 0.5 analytic: 0.5, relative error: 1e-9\n" * 5,
        "i Numeric Analytical\n1 0.5 0.5\n2 0.25 0.2\n3 3 3\n4 1 1.1",
        "analytisch numerisch\n0,5 0,5\n0,2 0,3",
    ],
)
def test_two_gradients_entry_by_entry_are_no_table_over_steps(text):
    with pytest.raises(ValueError, match="expected a table over steps, got two gradients"):
        read(text)
