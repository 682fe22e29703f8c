"""What is usual comes from kept results; what is lower comes from the mistake that is named."""

import numpy as np

from dlhw.pages.coursework import usual_numbers as numbers
from dlhw.study.results import ceiling


def cells(piece):
    return [[cell.strip() for cell in row.split("|")[1:-1]] for row in str(piece).splitlines()[2:]]


def test_each_usual_number_is_the_span_of_one_kept_result():
    rows = cells(numbers.usual())
    assert len(rows) == len(numbers.USUAL)
    for (demand, _, find), row in zip(numbers.USUAL, rows):
        values = find().last("val_accuracy")
        assert f"**{demand}**" in row[0] and f"{len(values)} seeds" in row[0]
        assert row[1] == numbers.span(values)


def test_what_is_usual_lies_near_the_best_for_networks_on_all_samples():
    for demand, _, find in numbers.USUAL:
        run = find()
        if demand == "II.4":
            assert run.last("val_accuracy").mean() > ceiling(run.experiment.dataset) - 0.03


def test_each_mistake_is_lower_than_what_is_usual():
    for row in cells(numbers.lower()):
        highest, usual = float(row[0].split()[-1]), float(row[1].split()[0])
        assert highest < usual, row


def test_the_order_of_the_file_is_walked_and_not_a_random_one():
    in_order = numbers.in_file_order("peaks", epochs=1, seeds=2)
    assert np.max(in_order) < 0.4
