"""Experiments as data: their runs, their results, and what these prove. In reading order:

- `settings`: what the settings of an experiment may be
- `experiment`: one experiment and its run, all seeds in one stack
- `registry`: every experiment of the course
- `source_code`: source without docstrings and comments: for listings and keys
- `names`: which names a statement binds and needs
- `rooms`: the package read: what its rooms define, and where their other names come from
- `used_code`: which code some names can reach: what a result or a page depends on
- `store`: where each result is stored, and under which key it holds
- `origin`: the machine, the versions and the day of a result
- `sweep`: many runs, on any executor
- `progress`: how far a training is, and how long it still takes
- `evidence`: what the spread over seeds allows one to say
- `agreement`: how far two results of one experiment agree
- `results`: kept results read, set beside others' figures, published
- `commands`: what `tasks.py` does with results: train, publish, train some again
"""
