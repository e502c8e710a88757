"""Keras on TensorFlow, imported in one place and without chatter.

The import takes seconds, so whatever is used without networks imports it only inside functions.
"""

import os

# TensorFlow reads these when it is imported: no messages below errors, sums in the one order that
# does not depend on the processor, and one thread, since these networks are small and chapters and
# trainings run side by side (a quarter to a third less processor time).
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")

import keras
import tensorflow as tf

# it warns when a process traces the graphs of many models, which is what a grid does
tf.get_logger().setLevel("ERROR")

__all__ = ("keras", "tf")
