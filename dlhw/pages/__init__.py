"""What only the site shows. In reading order:

- `figures`: tables, plots, listings
- `diagrams`: data-flow diagrams
- `result_tables`: tables and curves of results
- `descent_figures`: chapter 3: figures and tables
- `descent_runs`: chapter 3: two programs on one path, two rules with the same noise or not
- `data_figures`: chapter 4: the sets as they are drawn
- `all_results`: the tables of all results
- `speed_tables`: the times of the appendix on speed
- `right_models`: right models: a map, its two products, a loss
- `mistakes`: models with one thing wrong, and what each test says of them
- `other_tools`: how other tools decide whether a gradient is right
"""
