"""Chapter 1: softmax regression against SciPy, the complex step and PyTorch."""

import numpy as np
import pytest
import scipy.special

from dlhw.arrays import inner
from dlhw.softmax import (
    affine,
    affine_jvp,
    affine_vjp,
    as_scores,
    cross_entropy,
    cross_entropy_gradient,
    log_softmax,
    softmax,
)

S, l, n, m = 2, 4, 3, 5  # networks in a stack, classes, features, samples: pairwise distinct


def one_hot(labels):
    return np.eye(l)[:, labels]


def problem(*stack, seed=0):
    rng = np.random.default_rng(seed)
    labels = rng.integers(l, size=(*stack, m))
    C = np.moveaxis(np.eye(l)[labels], -1, -2)
    return {
        "W": rng.normal(size=(*stack, l, n)),
        "b": rng.normal(size=(*stack, l, 1)),
        "X": rng.normal(size=(*stack, n, m)),
    }, C


def loss(p, C):
    return cross_entropy(affine(p["W"], p["b"], p["X"]), C)


def gradients(p, C):
    dZ = cross_entropy_gradient(affine(p["W"], p["b"], p["X"]), C)
    dW, db, dX = affine_vjp(p["W"], p["X"], dZ)
    return {"W": dW, "b": db, "X": dX, "Z": dZ}


def complex_step(f, x, h=1e-30):
    """Return the gradient of f, one entry at a time: Im f(x + ih) / h.

    This subtracts nothing and so loses no digit.
    """
    gradient = np.empty(x.shape)
    for i in np.ndindex(x.shape):
        moved = x.astype(complex)
        moved[i] += 1j * h
        gradient[i] = f(moved).imag / h
    return gradient


# The functions themselves


@pytest.mark.parametrize("size", [1e-3, 1.0, 1e2, 1e4])
def test_log_softmax_and_softmax_agree_with_scipy(size):
    Z = size * np.random.default_rng(1).normal(size=(S, l, m))
    np.testing.assert_allclose(
        log_softmax(Z), scipy.special.log_softmax(Z, axis=-2), rtol=1e-13, atol=1e-15
    )
    np.testing.assert_allclose(softmax(Z), scipy.special.softmax(Z, axis=-2), rtol=1e-12, atol=0)


def test_cross_entropy_is_the_mean_of_the_labelled_log_probabilities():
    labels = np.array([2, 0, 3, 3, 1])
    Z = np.random.default_rng(2).normal(size=(l, m))
    logs = [np.log(np.exp(Z[k, j]) / np.exp(Z[:, j]).sum()) for j, k in enumerate(labels)]
    assert cross_entropy(Z, one_hot(labels)) == pytest.approx(-sum(logs) / m, rel=1e-14)


def test_probabilities_do_not_change_when_a_column_is_shifted():
    Z = np.random.default_rng(3).normal(size=(l, m))
    shift = np.array([[-40.0, 3.0, 0.0, 700.0, -2.0]])
    np.testing.assert_allclose(softmax(Z + shift), softmax(Z), rtol=1e-12)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("offset", [-1e4, 1e4])
def test_extreme_scores_stay_finite_and_exact(offset):
    Z = np.array([[0.0, offset], [offset, offset + 1.0]])
    best = max(0.0, offset)
    np.testing.assert_allclose(log_softmax(Z)[:, 0], [-best, offset - best])
    np.testing.assert_allclose(
        log_softmax(Z)[:, 1], [-np.log(1 + np.e), 1 - np.log(1 + np.e)], rtol=1e-12
    )
    C = np.eye(2)
    assert np.isfinite(cross_entropy(Z, C))
    assert np.isfinite(cross_entropy_gradient(Z, C)).all()


@pytest.mark.filterwarnings("error")
def test_one_sample_cannot_push_another_out_of_range():
    """The shift belongs to the column: one maximum for all turns the second column into 0 / 0."""
    P = softmax(np.array([[0.0, -800.0], [1.0, -801.0]]))
    np.testing.assert_allclose(P[0], P[1][::-1], rtol=1e-12)


# Their derivatives


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ["W", "b", "X"])
def test_gradients_agree_with_the_complex_step(name, seed):
    p, C = problem(seed=seed)
    np.testing.assert_allclose(
        gradients(p, C)[name],
        complex_step(lambda x: loss({**p, name: x}, C), p[name]),
        rtol=1e-9,
        atol=1e-12,
    )


@pytest.mark.parametrize("seed", range(3))
def test_gradient_in_the_scores_agrees_with_the_complex_step(seed):
    p, C = problem(seed=seed)
    Z = affine(p["W"], p["b"], p["X"])
    np.testing.assert_allclose(
        cross_entropy_gradient(Z, C),
        complex_step(lambda z: cross_entropy(z, C), Z),
        rtol=1e-9,
        atol=1e-12,
    )


def test_columns_of_the_gradient_in_the_scores_sum_to_zero():
    p, C = problem(S)
    np.testing.assert_allclose(gradients(p, C)["Z"].sum(axis=-2), 0, atol=1e-16)


@pytest.mark.parametrize("stack", [(), (S,)])
def test_loss_and_gradients_agree_with_pytorch(stack):
    torch = pytest.importorskip("torch")
    p, C = problem(*stack, seed=4)
    t = {name: torch.tensor(x, requires_grad=True) for name, x in p.items()}
    Z = t["W"] @ t["X"] + t["b"]
    Z.retain_grad()
    F = torch.nn.functional.cross_entropy(
        Z.mT.reshape(-1, l), torch.tensor(C).mT.reshape(-1, l), reduction="none"
    )
    F = F.reshape(*stack, m).mean(-1)
    F.sum().backward()
    np.testing.assert_allclose(loss(p, C), F.detach().numpy(), rtol=1e-12)
    for name, gradient in gradients(p, C).items():
        np.testing.assert_allclose(
            gradient, {**t, "Z": Z}[name].grad.numpy(), rtol=1e-12, atol=1e-14
        )


@pytest.mark.parametrize("stack", [(), (S,)])
def test_affine_products_are_adjoint(stack):
    """<U, J V> = <J^T U, V> for random U and V."""
    rng = np.random.default_rng(5)
    p, _ = problem(*stack)
    V = {name: rng.normal(size=x.shape) for name, x in p.items()}
    U = rng.normal(size=(*stack, l, m))
    JV = affine_jvp(p["W"], p["X"], V["W"], V["b"], V["X"])
    JTU = affine_vjp(p["W"], p["X"], U)
    assert inner(U, JV) == pytest.approx(inner(JTU, [V["W"], V["b"], V["X"]]), rel=1e-12)


def test_affine_jvp_is_the_derivative_of_affine():
    p, _ = problem()
    V = {name: np.random.default_rng(6).normal(size=x.shape) for name, x in p.items()}
    h = 1e-30
    moved = affine(*(p[name] + 1j * h * V[name] for name in "WbX"))
    np.testing.assert_allclose(
        affine_jvp(p["W"], p["X"], V["W"], V["b"], V["X"]), moved.imag / h, rtol=1e-12
    )


# Arrays: stacks, shapes, nothing written to


def test_a_stack_equals_its_networks_one_by_one():
    p, C = problem(S, seed=7)
    together = gradients(p, C)
    for s in range(S):
        alone = {name: x[s] for name, x in p.items()}
        assert loss(p, C)[s] == loss(alone, C[s])
        for name, gradient in gradients(alone, C[s]).items():
            np.testing.assert_array_equal(together[name][s], gradient)


def test_gradients_have_the_shape_of_what_they_are_gradients_of():
    p, C = problem(S)
    got = gradients(p, C)
    for name, x in p.items():
        assert got[name].shape == x.shape


@pytest.mark.parametrize("function", [cross_entropy, cross_entropy_gradient])
@pytest.mark.parametrize("shape", [(m, l), (1, m), (l, 1), (l,)])
def test_labels_of_another_shape_are_refused(function, shape):
    message = r"expected scores and labels of one shape .*, got an array of shape \(4, 5\) and an"
    with pytest.raises(ValueError, match=message) as error:
        function(np.zeros((l, m)), np.zeros(shape))
    assert str(error.value).endswith(str(shape))


def test_no_function_writes_to_its_arguments():
    p, C = problem(S)
    arrays = [*p.values(), C]
    for x in arrays:
        x.setflags(write=False)
    Z = affine(p["W"], p["b"], p["X"])
    Z.setflags(write=False)
    for function in (log_softmax, softmax):
        function(Z)
    loss(p, C), gradients(p, C)


def test_a_stack_of_scores_may_share_its_labels():
    p, C = problem(S)
    Z = affine(p["W"], p["b"], p["X"])
    shared = C[0] if C.ndim == 3 else C
    np.testing.assert_allclose(cross_entropy(Z, shared)[0], cross_entropy(Z[0], shared), rtol=1e-14)


@pytest.mark.parametrize("Z", [np.ones(3), np.zeros((0, 3)), 2.0])
def test_scores_stand_in_columns_and_have_classes(Z):
    with pytest.raises(
        ValueError, match=r"expected scores in columns, shape \(\.\.\., l, m\), got"
    ):
        as_scores(Z)
