"""Keras on TensorFlow, imported in one place and without chatter.

The import takes seconds, so whatever is used without networks imports it only inside functions.
"""

import os

from lepsearch.errors import InputError

# the user's own settings of Keras, and sums in an order that depends on the processor, would change
# what a training gives
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["KERAS_HOME"] = os.devnull  # no keras.json
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
# TensorFlow reads these when it is imported: no messages below errors, and one thread, since these
# networks are small and chapters and trainings run side by side (a quarter to a third less
# processor time).
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")

import keras
import tensorflow as tf

if keras.backend.backend() != "tensorflow":  # it was imported before
    msg = f"Keras runs on {keras.backend.backend()} here, networks are trained on TensorFlow; "
    msg += "unset KERAS_BACKEND, or import lepsearch.learn.backend before keras"
    raise InputError(msg)
keras.config.set_floatx("float32")
keras.config.set_epsilon(1e-7)
keras.config.set_max_epochs(None)
keras.config.set_max_steps_per_epoch(None)

# it warns when a process traces the graphs of many models, which is what a grid does
tf.get_logger().setLevel("ERROR")

__all__ = ("keras", "tf")
