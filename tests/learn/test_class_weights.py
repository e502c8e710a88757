"""What Keras does with weights of classes and of events at once, so that the book can say it."""

import pytest

from lepsearch.learn.class_weights import keras_class_weights


def test_keras_refuses_both_and_takes_their_product():
    check = keras_class_weights()
    assert check.together == "refused"
    assert "class_weight" in check.message
    # weights of 1, 2 and 7 times 3, 5; labels minus 1/2
    assert check.expected == (-0.5 * (1 + 2) + 0.5 * 7 * (3 + 5)) / 4
    assert check.product == pytest.approx(check.expected, rel=1e-5)
