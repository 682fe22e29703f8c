"""Experiments as data: their runs, their results, and what these prove. In reading order:

- `experiment`: one experiment and its run, all seeds in one stack
- `registry`: every experiment of the course
- `source_code`: source without docstrings and comments: for listings and keys
- `names`: which names a statement binds and needs
- `rooms`: the package read: what its rooms define, and where their other names come from
- `used_code`: which code some names can reach: what a result or a page depends on
- `store`: where each result is stored, and under which key
- `sweep`: many runs, on any executor
- `evidence`: what the spread over seeds allows one to say
- `results`: stored results read, set beside others' figures, published
"""
