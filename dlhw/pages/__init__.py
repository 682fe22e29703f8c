"""What only the site shows. In reading order:

- `figures`: tables, plots, listings
- `diagrams`: data-flow diagrams
- `result_tables`: tables and curves of results
- `right_models`: right models: a map, its two products, a loss
- `mistakes`: models with one thing wrong, and what each test says of them
- `other_tools`: how other tools decide whether a gradient is right
- `claims`: claims, the rules that decide them, their verdicts
- `original_tests`: the original's five tests of derivatives, with two hundred seeds
- `original_errors`: the errors that it prints and draws, ours beside them
- `original_line`: its line, fitted in closed form
- `original`: what it prints, and the place of its accuracies among our seeds
- `original_samples`: the samples that its claims compare
- `original_accuracies`: its accuracies beside ours: tables and figures
- `original_contents`: its contents, item by item
"""
