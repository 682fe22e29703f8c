"""What the pages that answer are given: numbers that the package computes, for their scripts.

In reading order:

- `given`: data handed from a page's cell to its script
- `which_test_data`: which test sees which mistake, in which setting
- `pasted_table`: a table that some program printed, read
- `printed_tables`: tables as programs print them, right and wrong
- `table_verdict`: what the derivative tests would say of a table
- `derivation_lines`: the examples by hand line by line, and mistakes in lines
- `derivation_data`: the derivation you can touch: the examples' numbers, right and with a mistake
- `peaks_data`: a small network on Peaks in a few settings, seen after every epoch
- `descent_data`: three rules on a quadratic, what the page opens with, and a still of it
- `table_data`: a gradient test of a small softmax problem, with an error planted
"""
