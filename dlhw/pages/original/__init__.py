"""What chapter 13 shows of the original: what it prints, and what becomes of it here.

In reading order:

- `five_tests`: the original's five tests of derivatives, with two hundred seeds
- `error_tables`: the errors that it prints and draws, ours beside them
- `line_fit`: its line, fitted in closed form
- `printed`: the original's figures, and the place of its accuracies among our seeds
- `samples`: which of our results each claim is held against
- `accuracies`: its accuracies beside ours: tables and figures
- `contents`: its contents, item by item
"""
