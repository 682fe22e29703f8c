"""What checks a reader's answer.

- `grading`: many answers graded, each alone in a process
"""
