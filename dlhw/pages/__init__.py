"""What only the site shows: what several chapters share; in the folders, a chapter's own.

In reading order:

- `svg`: a plot as SVG, made small
- `figures`: colours and style, tables, plots, listings
- `questions`: questions with choices, each with what follows from it
- `diagrams`: data-flow diagrams
- `result_tables`: tables and curves of results
- `claims`: claims, the rules that decide them, their verdicts
- `all_results`: the tables of all results
- `speed_tables`: the times of the appendix on speed
- `own_data`: what usual networks make of a teacher's own set
- `derivatives`: for the chapters on derivatives (0 to 2, 6 to 8)
- `training`: for the chapters on descent, data and softmax regression (3 to 5)
- `networks`: for the chapters on trained networks (9 to 12)
- `coursework`: for the page of the coursework, and the sheet of formulas
- `original`: for chapter 13, on the original
- `interactive`: for the pages that answer
- `predictions`: the questions of the chapters, their answers computed
"""
