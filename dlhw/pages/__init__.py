"""What only the site shows. In reading order:

- `svg`: figures as small SVG
- `figures`: tables, plots, listings
- `diagrams`: data-flow diagrams
- `result_tables`: tables and curves of results
- `right_models`: right models: a map, its two products, a loss
- `mistakes`: models with one thing wrong, and what each test says of them
- `other_tools`: how other tools decide whether a gradient is right
"""
