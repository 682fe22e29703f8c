"""Submissions graded: what a function returns, by numbers, and its derivative, by the four tests.

`python -m dlhw grade SPEC FILES...` does it. In reading order:

- `layouts`: the ways in which arrays go into a function and come back
- `spec`: what is asked, as data
- `adapting`: a derivative in a student's layout as the tests want it
- `marking`: one submission asked, and what it earns
- `guards`: a submission loaded, without the package's own solutions
- `alone`: a submission in a process of its own
- `outputs`: what was earned, as text, as CSV, for Gradescope
- `references`: the numbers of a spec, from a teacher's solution
- `command`: the command itself
"""
