"""The diagrams of layers: every array that the chapters speak of stands in its picture."""

import pytest

from dlhw.pages.derivatives import layer_diagrams


@pytest.mark.parametrize(
    "name, arrays",
    [
        ("tanh_layer", ["$G_W$", "$G_b$", "$G_Z$"]),
        ("residual_block", ["$G_{W_1}$", "$G_{b_2}$", "$G_H$"]),
        ("network", [r"$G_{\theta_1}$", r"$\theta_3$"]),
    ],
)
def test_a_diagram_holds_its_gradients(name, arrays, monkeypatch):
    drawn = []
    monkeypatch.setattr(layer_diagrams.figures, "show", lambda fig, **words: drawn.append(fig))
    getattr(layer_diagrams, name)()
    written = " ".join(text.get_text() for text in drawn[0].axes[0].texts)
    assert [array for array in arrays if array not in written] == []
