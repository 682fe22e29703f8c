"""What the chapters on trained networks show (9 to 12). In reading order:

- `trained_networks`: what is known of trained networks, also on fresh columns
- `network_tables`: tables of trained networks: headlines, all measures, lowest seeds, last epochs
- `uncertainty`: how uncertain an accuracy is: its sources, its precision, run against run
- `network_figures`: figures of trained networks
- `network_errors`: where the errors of trained networks lie
- `gmm_clouds`: the 25 clouds of GMM, one by one
- `few_samples`: rules from the same random subsets, compared subset by subset
- `few_samples_figures`: three networks, curves that part, thin Gaussians, rules in a plane
- `failure_tables`: training that fails, beside the run without the cause
- `failure_figures`: scores that overflow, four starts, silent samples, jagged losses
"""
