"""The rules of other tools, held against the tools themselves where these are installed."""

import numpy as np
import pytest

from dlhw.pages.other_tools import TOOLS, disturbed, elementwise

A = np.random.default_rng(0).standard_normal((9, 4))


def f(x):
    return np.mean(np.tanh(A @ x) ** 2)


def gradient(x):
    Y = np.tanh(A @ x)
    return A.T @ (2 / 9 * Y * (1 - Y * Y))


@pytest.mark.parametrize("name", TOOLS)
def test_every_rule_accepts_a_right_gradient_and_rejects_one_of_the_wrong_sign(name):
    x = np.array([0.3, -0.2, 0.5, 0.1])
    assert TOOLS[name].accepts(f, gradient(x), x, np.random.default_rng(1))
    assert not TOOLS[name].accepts(f, -gradient(x), x, np.random.default_rng(1))


@pytest.mark.parametrize("shape", ["scaled", "one entry", "noise"])
def test_a_disturbance_has_the_norm_it_says(shape):
    g = np.array([3.0, -4.0, 12.0])
    error = disturbed(g, shape, 1e-3, np.random.default_rng(0)) - g
    assert np.linalg.norm(error) == pytest.approx(13e-3)


def test_scipy_gives_the_same_norm():
    optimize = pytest.importorskip("scipy.optimize")
    x = np.array([0.3, -0.2, 0.5, 0.1])
    for delta in (0, 1e-8, 1e-7, 1e-6, 1e-5):
        wrong = disturbed(gradient(x), "noise", delta, np.random.default_rng(2))
        theirs = optimize.check_grad(f, lambda x: wrong, x) < 1.5e-7
        assert TOOLS["SciPy"].accepts(f, wrong, x, None) == theirs


@pytest.mark.filterwarnings("ignore")
def test_pytorch_decides_the_same():
    torch = pytest.importorskip("torch")
    x = np.array([0.3, -0.2, 0.5, 0.1])
    for delta in (0, 1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2):
        wrong = disturbed(gradient(x), "noise", delta, np.random.default_rng(2))

        class Loss(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                return torch.tensor(f(x.detach().numpy()))

            @staticmethod
            def backward(ctx, u):
                return u * torch.tensor(wrong)

        theirs = torch.autograd.gradcheck(
            Loss.apply, torch.tensor(x, requires_grad=True), raise_exception=False
        )
        assert TOOLS["PyTorch"].accepts(f, wrong, x, None) == theirs


def test_elementwise_differences_are_the_gradient():
    x = np.array([0.3, -0.2, 0.5, 0.1])
    assert np.allclose(elementwise(f, x, 1e-5), gradient(x), rtol=1e-8)
