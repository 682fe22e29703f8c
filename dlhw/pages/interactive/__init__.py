"""What the pages that answer are given: numbers that the package computes, for their scripts.

In reading order:

- `given`: data handed from a page's cell to its script
- `descent_data`: three rules on a quadratic, what the page opens with, and a still of it
"""
