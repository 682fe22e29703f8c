"""What the chapters on descent, data and softmax regression show (3 to 5). In reading order:

- `descent_figures`: chapter 3: what a step removes, a fit of a line, losses, paths and clouds
- `descent_tables`: chapter 3: the original's fits of a line beside ours, what schedules are worth
- `descent_runs`: chapter 3: two programs on one path, two rules with the same noise or not
- `data_figures`: chapter 4: the sets as they are drawn
- `linear_rules`: rules with straight borders, found by solvers
- `softmax_runs`: the kept runs of softmax regression, and their sums of rates
- `training_tables`: what softmax regression reaches, and which settings matter
- `other_draws`: what another draw changes; the course's files and the original beside ours
- `order_and_choice`: what an order changes, and a choice of modes, of samples, of an epoch
- `training_figures`: all runs on the gradient flow, learning curves, borders
"""
