"""The tests that tell a right derivative from a wrong one, and name what is wrong.

On the site they are also one file, `gradient_test.py`. In reading order:

- `four_tests`: gradient, Jacobian, transposed Jacobian and adjoint test
- `slopes`: a function's slope along a direction, measured, with its error bar
- `calling`: calling a reader's functions safely
- `probes`: what each test claims and measures
- `diagnosis`: from measurements to the name of the mistake
- `report`: what a test found, as text, table and plot
"""
