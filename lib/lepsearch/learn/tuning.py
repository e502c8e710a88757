"""Autoencoders among which KerasTuner searches, in the space that thesis A's draft prints.

Trials are trainings of an experiment, which keeps each by content: a killed search draws the same
trials again, reads those that are done and goes on. A trial that is prolonged, as Hyperband does
it, is trained from its start with more epochs: the same as going on, since an epoch's order of
events depends on seed and number alone, and Keras would forget the optimiser's state.
"""

import warnings
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Any, Final

import keras_tuner
import numpy as np
import pandas as pd
from keras_tuner.errors import FatalError
from numpy.typing import NDArray

from lepsearch.learn.autoencoders import Activation
from lepsearch.learn.experiment import Experiment
from lepsearch.learn.labelled import LearningSet
from lepsearch.stats.estimate import Estimate, weighted_mean

__all__ = ("KERAS_LEAK", "MEANT", "PRINTED", "Space", "reconstruction", "search")

KERAS_LEAK = 0.2  # of the activation that Keras calls by a word
PENALTIES = (0.5, 0.1, 0.05, 0.01)
NAMES: Final[dict[str, Activation]] = {
    "relu": "relu", "tanh": "tanh", "leakyrelu": "leaky_relu", "linear": "linear",
}  # fmt: skip
# least and largest widths of the eight layers; the first and last but one end below the input's
WIDTHS = {1: (60, None), 2: (30, 59), 3: (10, 29), 4: (1, 9), 5: (10, 29), 6: (30, 59),
          7: (60, None)}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Space:
    """Settings of autoencoders; called with a tuner's hyperparameters, it gives one of them.

    They have the names and the order of the draft's listing.
    """

    features: int  # cells of the matrix
    rates: tuple[float, ...]  # learning rates
    # factors of the sum of absolute weights of the first, third, fifth and seventh layer
    kernel: tuple[float, ...] = PENALTIES
    activity: tuple[float, ...] = PENALTIES  # factors of the squared outputs of these layers
    leaks: tuple[float, ...] = (1.0, 0.5, 0.1, 0.05, 0.01)  # slopes of a leaky ReLU below zero
    leaks_used: bool = True  # otherwise Keras' own slope

    def __call__(self, hp: keras_tuner.HyperParameters) -> dict[str, Any]:
        """The settings that the tuner has chosen, as an ``Autoencoder`` takes them."""
        kernel = hp.Choice("Kernel_reg", list(self.kernel))
        activity = hp.Choice("Atc_reg", list(self.activity))
        leak = hp.Choice("alpha", list(self.leaks))
        widths, activations = [], []
        for i, (least, most) in WIDTHS.items():
            name = "lat_num" if i == 4 else f"num_of_neurons{i}"
            widths.append(hp.Int(name, least, most or self.features - 1))
            activations.append(NAMES[hp.Choice(f"{i}_act", list(NAMES))])
        activations.append(NAMES[hp.Choice("8_act", list(NAMES))])
        return {
            "encoder": tuple(widths[:3]), "latent": widths[3], "decoder": tuple(widths[4:]),
            "activations": tuple(activations), "kernel_l1": kernel, "activity_l2": activity,
            "leak": leak if self.leaks_used else KERAS_LEAK,
            "learning_rate": hp.Choice("learning_rate", list(self.rates)),
        }  # fmt: skip


PRINTED = Space(features=225, rates=(9e-2, 9.5e-2, 1e-3, 1.5e-3), leaks_used=False)
MEANT = Space(features=225, rates=(9e-4, 9.5e-4, 1e-3, 1.5e-3))


def reconstruction(events: LearningSet, score: NDArray[np.float64]) -> Estimate:
    """Mean squared norm of output less input over the background, with physics weights."""
    of = ~events.label
    return weighted_mean(10.0 ** score[of], events.weight[of], events.original[of])


def search(
    experiment: Experiment, space: Space, *, trials: int | None = None, epochs: int, seed: int = 1
) -> pd.DataFrame:
    """Search a space at random or, without a number of trials, by Hyperband.

    The objective is :func:`reconstruction` of the validation part. Hyperband (L. Li et al.,
    arXiv:1603.06560) trains many for few epochs, and the best third of them for three times more.

    Returns:
        A row for each trial, in their order: the settings, ``epochs`` and the ``objective``.
    """
    rows, events = [], experiment.measured("validation")

    def trial(hp: keras_tuner.HyperParameters) -> float:
        given = hp.get_config()["values"]  # where Hyperband puts the epochs of a trial
        choice = space(hp) | {"epochs": given.get("tuner/epochs", epochs)}
        try:
            score = experiment.scores("validation", seed, **choice)
        except Exception as error:  # which the tuner would take for a bad trial
            raise FatalError(str(error)) from error
        objective = reconstruction(events, score)
        rows.append(choice | {"objective": objective})
        return objective.value

    kinds = keras_tuner.Hyperband, keras_tuner.RandomSearch
    budget = {"max_trials": trials} if trials else {"max_epochs": epochs}
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        made = {"run_trial": lambda _, one, **__: trial(one.hyperparameters)}
        kind = type("Search", (kinds[bool(trials)],), made)
        # it names threads in a way that Python is about to drop
        warnings.filterwarnings("ignore", category=DeprecationWarning, module="keras_tuner")
        tuner = kind(space, seed=seed, directory=folder, **budget)
        tuner.search(verbose=0)
    return pd.DataFrame(rows)
