"""What every test of figures needs."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest


@pytest.fixture(autouse=True)
def closed():
    """No window, and no figure left open."""
    mpl.use("agg")
    yield
    plt.close("all")
