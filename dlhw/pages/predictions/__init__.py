"""The questions of the chapters, their answers computed. In reading order:

- `asked_00`: chapter 0, derivatives of matrix functions
- `asked_01`: chapter 1, softmax regression
- `asked_02`: chapter 2, testing a derivative
- `asked_03`: chapter 3, descent
- `asked_04`: chapter 4, data
- `asked_05`: chapter 5, training a classifier
- `asked_06`: chapter 6, the tanh layer
- `asked_07`: chapter 7, the residual block
- `asked_08`: chapter 8, the whole network
- `asked_09`: chapter 9, Peaks
- `asked_10`: chapter 10, GMM
- `asked_11`: chapter 11, two hundred samples
- `asked_12`: chapter 12, when training fails
- `asked_13`: chapter 13, the original
"""
