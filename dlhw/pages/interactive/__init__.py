"""What the pages that answer are given: numbers that the package computes, for their scripts.

In reading order:

- `given`: data handed from a page's cell to its script
- `derivation_lines`: the examples by hand line by line, and mistakes in lines
- `derivation_data`: the derivation you can touch: the examples' numbers, right and with a mistake
"""
