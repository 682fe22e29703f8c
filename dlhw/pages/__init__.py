"""What only the site shows. In reading order:

- `figures`: tables, plots, listings
- `diagrams`: data-flow diagrams
- `result_tables`: tables and curves of results
- `right_models`: right models: a map, its two products, a loss
- `mistakes`: models with one thing wrong, and what each test says of them
- `other_tools`: how other tools decide whether a gradient is right
- `linear_rules`: rules with straight borders, found by solvers
- `softmax_runs`: the kept runs of softmax regression, and their sums of rates
- `training_tables`: what softmax regression reaches, and which settings matter
- `data_and_chance`: what another draw, an order or a choice of samples changes
- `training_figures`: all runs on the gradient flow, learning curves, borders
- `few_samples`: rules from the same random subsets, compared subset by subset
- `few_samples_figures`: three networks, curves that part, thin Gaussians, rules in a plane
- `failure_tables`: training that fails, beside the run without the cause
- `failure_figures`: scores that overflow, four starts, silent samples, gradients by layer
"""
