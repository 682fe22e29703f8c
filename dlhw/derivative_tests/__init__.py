"""The tests that tell a right derivative from a wrong one, and name what is wrong.

On the site they are also one file, `gradient_test.py`. In reading order:

- `slopes`: a function's slope along a direction, measured, with its error bar
- `kinks`: where a function bends or jumps
- `diagnosis`: from measured slopes to the name of the mistake
- `entries`: which entries of an array are wrong
- `sentences`: what is said of it
- `calling`: calling a reader's functions safely
- `probes`: what the gradient claims, and what is measured
- `products`: the same for products with a Jacobian
- `hand_in`: a report as CSV and LaTeX
- `report`: the report of a test: its tables, its plot
- `examination`: from a probe to its report
- `four_tests`: the tests themselves
"""
