"""The tests that tell a right derivative from a wrong one, and name what is wrong.

On the site they are also one file, `gradient_test.py`. In reading order:

- `slopes`: a function's slope along a direction, measured, with its error bar
- `diagnosis`: from measurements to the name of the mistake, and its sentence
- `calling`: calling a reader's functions safely
- `probes`: what each test claims and measures
- `report`: the report of a test: its tables, its plot
- `four_tests`: the tests themselves
"""
