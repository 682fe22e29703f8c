"""What only the site shows. In reading order:

- `figures`: tables, plots, listings
- `diagrams`: data-flow diagrams
- `layer_diagrams`: the data flow of the layers and of a network
- `derivative_figures`: shapes of derivatives, the two errors of a test, gradients going back
- `result_tables`: tables and curves of results
- `trained_networks`: what is known of trained networks, also on fresh columns
- `network_tables`: tables of trained networks
- `network_figures`: figures of trained networks
- `network_errors`: where the errors of trained networks lie
- `gmm_clouds`: the 25 clouds of GMM, one by one
- `descent_figures`: chapter 3: figures and tables
- `descent_runs`: chapter 3: two programs on one path, two rules with the same noise or not
- `data_figures`: chapter 4: the sets as they are drawn
- `all_results`: the tables of all results
- `speed_tables`: the times of the appendix on speed
- `right_models`: right models: a map, its two products, a loss
- `mistakes`: models with one thing wrong, and what each test says of them
- `other_tools`: how other tools decide whether a gradient is right
- `ratios`: what ratios of errors make of defects and of kinks
- `detection`: what tests see, and what hides from them
"""
