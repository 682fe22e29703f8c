"""The data flow of the tanh layer, of the residual block and of a network, as figures."""

from .. import figures
from ..diagrams import chain


def tanh_layer():
    """Return the diagram of Y = tanh(W X + b).

    Examples
    --------
    >>> str(tanh_layer())[:41]
    'Two boxes, Z = W X + b and Y = tanh Z. X '
    """
    maps = [
        (
            r"$Z = W X + b\,1^\top$",
            "$W$  $k\\times n$\n$b$  $k\\times 1$",
            "$G_W$  $k\\times n$\n$G_b$  $k\\times 1$",
        ),
        (r"$Y = \tanh Z$", "", ""),
    ]
    wires = [
        (r"$X$  $n\times m$", r"$G_X$  $n\times m$"),
        (r"$Z$  $k\times m$", r"$G_Z$  $k\times m$"),
        (r"$Y$  $k\times m$", r"$G_Y$  $k\times m$"),
    ]
    return figures.show(
        chain(maps, wires),
        caption="The tanh layer. Forward: solid, downwards. Backward: dashed, upwards. "
        "Every gradient has the shape of what it is the gradient of.",
        text="Two boxes, Z = W X + b and Y = tanh Z. X goes in at the top, Y comes out at the "
        "bottom; W and b enter the first box. G_Y goes in at the bottom, G_Z between the boxes, "
        "G_X comes out at the top, and G_W and G_b leave the first box.",
    )


def residual_block():
    """Return the diagram of Y = X + W2 act(W1 X + b1) + b2.

    Examples
    --------
    >>> str(residual_block())[:12]
    'Three boxes:'
    """
    maps = [
        (
            r"$H = \mathrm{act}(W_1 X + b_1 1^\top)$",
            "$W_1$  $k\\times n$\n$b_1$  $k\\times 1$",
            "$G_{W_1}$\n$G_{b_1}$",
        ),
        (
            r"$B = W_2 H + b_2 1^\top$",
            "$W_2$  $n\\times k$\n$b_2$  $n\\times 1$",
            "$G_{W_2}$\n$G_{b_2}$",
        ),
        ("$Y = X + B$", "", ""),
    ]
    wires = [
        (r"$X$  $n\times m$", r"$G_X$  $n\times m$"),
        (r"$H$  $k\times m$", r"$G_H$  $k\times m$"),
        (r"$B$  $n\times m$", r"$G_Y$  $n\times m$"),
        (r"$Y$  $n\times m$", r"$G_Y$  $n\times m$"),
    ]
    return figures.show(
        chain(maps, wires, skips=[(0, 2)]),
        caption="The residual block. The identity path goes round the branch: forward on the left, "
        "backward on the right. At the bottom $G_Y$ is copied, at the top two gradients are added.",
        text="Three boxes: the hidden layer H, the branch B, and the sum Y = X + B. A line from X "
        "goes past the first two boxes into the sum; on the way back a line goes from the sum "
        "past the two boxes and is added to the gradient in X.",
    )


def network():
    """Return the diagram of three layers under the cross-entropy.

    Examples
    --------
    >>> str(network())[:29]
    'Four boxes from top to bottom'
    """
    maps = [
        ("layer 1", r"$\theta_1$", r"$G_{\theta_1}$"),
        ("layer 2", r"$\theta_2$", r"$G_{\theta_2}$"),
        ("layer 3, affine", r"$\theta_3$", r"$G_{\theta_3}$"),
        ("softmax cross-entropy", r"$C$  $l\times m$", ""),
    ]
    wires = [
        (r"$X$  $n\times m$", r"$G_0$  $n\times m$"),
        (r"$X_1$  $n_1\times m$", r"$G_1$  $n_1\times m$"),
        (r"$X_2$  $n_2\times m$", r"$G_2$  $n_2\times m$"),
        (r"$Z$  $l\times m$", r"$\frac{1}{m}(P - C)$  $l\times m$"),
        ("$F$, a number", "1"),
    ]
    return figures.show(
        chain(maps, wires),
        caption="A network of three layers. Each layer keeps its input and its output until the "
        "gradient has come back.",
        text="Four boxes from top to bottom: layers 1, 2 and 3 and the softmax cross-entropy. "
        "Solid arrows go down with X, X1, X2, Z and the loss; dashed arrows go up with the "
        "gradients of the same shapes. Parameters enter each layer on the left, their gradients "
        "leave it on the right.",
    )
