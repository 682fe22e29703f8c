"""What the page of the coursework shows. In reading order:

- `usual_numbers`: what each demand gives over seeds, and what a lower number means
- `two_plots`: a plot that proves something, and one that does not
- `formula_sheet`: every formula of the course with its shapes and its code
"""
