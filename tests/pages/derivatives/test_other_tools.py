"""The rules of other tools, held against the tools themselves where these are installed."""

import numpy as np
import pytest

from dlhw.pages.derivatives.other_tools import TOOLS, disturbed, elementwise

A = np.random.default_rng(0).standard_normal((9, 4))
X = np.array([0.3, -0.2, 0.5, 0.1])


def f(x):
    return np.mean(np.tanh(A @ x) ** 2)


def gradient(x):
    Y = np.tanh(A @ x)
    return A.T @ (2 / 9 * Y * (1 - Y * Y))


@pytest.mark.parametrize("name", TOOLS)
def test_every_rule_accepts_a_right_gradient_and_rejects_one_of_the_wrong_sign(name):
    assert TOOLS[name].accepts(f, gradient(X), X, np.random.default_rng(1))
    assert not TOOLS[name].accepts(f, -gradient(X), X, np.random.default_rng(1))


@pytest.mark.parametrize("tool", TOOLS.values())
def test_every_rule_is_one_sentence(tool):
    assert tool.rule.endswith(".") and "\n" not in tool.rule


@pytest.mark.parametrize("shape", ["scaled", "one entry", "noise"])
def test_a_disturbance_has_the_norm_it_says(shape):
    g = np.array([3.0, -4.0, 12.0])
    error = disturbed(g, shape, 1e-3, np.random.default_rng(0)) - g
    assert np.linalg.norm(error) == pytest.approx(13e-3)


@pytest.mark.parametrize("delta", [0, 1e-8, 1e-7, 1e-6, 1e-5])
def test_scipy_gives_the_same_norm(delta):
    optimize = pytest.importorskip("scipy.optimize")
    wrong = disturbed(gradient(X), "noise", delta, np.random.default_rng(2))
    theirs = optimize.check_grad(f, lambda x: wrong, X) < 1.5e-7
    assert TOOLS["SciPy"].accepts(f, wrong, X, None) == theirs


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("delta", [0, 1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2])
def test_pytorch_decides_the_same(delta):
    torch = pytest.importorskip("torch")
    wrong = disturbed(gradient(X), "noise", delta, np.random.default_rng(2))

    class Loss(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return torch.tensor(f(x.detach().numpy()))

        @staticmethod
        def backward(ctx, u):
            return u * torch.tensor(wrong)

    x = torch.tensor(X, requires_grad=True)
    theirs = torch.autograd.gradcheck(Loss.apply, x, raise_exception=False)
    assert TOOLS["PyTorch"].accepts(f, wrong, X, None) == theirs


def test_elementwise_differences_are_the_gradient():
    assert np.allclose(elementwise(f, X, 1e-5), gradient(X), rtol=1e-8)
