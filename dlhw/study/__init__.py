"""Experiments as data: their runs, their results, and what these prove. In reading order:

- `experiment`: one experiment and its run, all seeds in one stack
- `registry`: every experiment of the course
- `source_code`: source without docstrings and comments, to tell whether it does the same
- `sweep`: many runs, each stored
- `evidence`: what the spread over seeds allows one to say
- `results`: results found again, compared, published
"""
