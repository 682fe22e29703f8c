"""What the chapters on descent, data and softmax regression show (3 to 5). In reading order:

- `descent_figures`: chapter 3: what a step removes, a fit of a line, losses, paths and clouds
- `descent_tables`: chapter 3: the original's fits of a line beside ours, what schedules are worth
- `descent_runs`: chapter 3: two programs on one path, two rules with the same noise or not
- `data_figures`: chapter 4: the sets as they are drawn
- `linear_rules`: rules with straight borders, found by solvers
- `softmax_runs`: the kept runs of softmax regression, and their sums of rates
- `training_tables`: what softmax regression reaches, and which settings matter
- `data_and_chance`: what another draw, an order or a choice of samples changes
- `training_figures`: all runs on the gradient flow, learning curves, borders
"""
