"""What the chapters on derivatives show (0 to 2, 6 to 8). In reading order:

- `layer_diagrams`: the data flow of the layers and of a network
- `derivative_figures`: shapes of derivatives, the two errors of a test, gradients going back
- `right_models`: right models: a map, its two products, a loss
- `mistakes`: models with one thing wrong, and what each test says of them
- `other_tools`: how other tools decide whether a gradient is right
- `ratios`: what ratios of errors make of defects and of kinks
- `detection`: what tests see, and what hides from them
- `hard_cases`: right gradients that look wrong, wrong ones that look right
"""
