"""Training throughput of ``networks.train`` beside bare Keras and scikit-learn, on the same arrays.

    python benchmarks/training_speed.py [EVENTS] [EPOCHS] [TURNS]

Each trains one hidden layer of 100 neurons for the same epochs with a fifth of the events for
validation (scikit-learn: without) and prints events a second of the best turn, model building,
compiling and, for ours, measuring and applying padding and scaling included. Asked: Keras' time at
least our time over 1.1.
"""

from __future__ import annotations

import os
import sys
import warnings

import numpy as np
from sklearn.neural_network import MLPClassifier
from timing import best_of

from lepsearch.events.split import part_of
from lepsearch.learn import networks
from lepsearch.learn.backend import keras
from lepsearch.learn.labelled import LearningSet
from lepsearch.learn.networks import Network

FEATURES = 18  # thesis B's, without jets


def made_up(n: int) -> LearningSet:
    """Two overlapping normal distributions."""
    rng = np.random.default_rng(1)
    label, event = rng.random(n) < 0.3, np.arange(n, dtype=np.uint64)
    features = rng.normal(size=(n, FEATURES)).astype(np.float32)
    features[:, :3] += 0.5 * label[:, np.newaxis]
    names = tuple(f"feature{i}" for i in range(FEATURES))
    return LearningSet(
        features, names, label, np.ones(n), event, label.astype(np.int16), ("b", "s"), ("b", "s"),
        ("b", "s"), part_of("made_up", event),
    )  # fmt: skip


def bare_keras(network: Network, train: LearningSet, validation: LearningSet) -> None:
    """Algorithm 5.1 with Keras' own ``fit`` on arrays that need no preparation."""
    model = keras.Sequential(
        [
            keras.Input((FEATURES,)),
            keras.layers.Dense(
                network.neurons, "relu", kernel_regularizer=keras.regularizers.L2(network.l2)
            ),
            keras.layers.Dense(1, "sigmoid"),
        ]
    )
    model.compile(
        keras.optimizers.Adam(network.learning_rate),
        "binary_crossentropy",
        weighted_metrics=[keras.metrics.BinaryAccuracy()],
    )
    arrays = [
        (one.features, one.label.astype(np.float32), np.ones(len(one), dtype=np.float32))
        for one in (train, validation)
    ]
    features, label, weight = arrays[0]
    model.fit(
        features, label, sample_weight=weight, validation_data=arrays[1], verbose=0,
        batch_size=network.batch_size, epochs=network.epochs,
    )  # fmt: skip


def scikit_learn(network: Network, train: LearningSet) -> None:
    """The same network and optimiser in scikit-learn."""
    model = MLPClassifier(
        (network.neurons,), alpha=network.l2, learning_rate_init=network.learning_rate,
        batch_size=min(network.batch_size, len(train)), max_iter=network.epochs, tol=0.0,
        n_iter_no_change=network.epochs, random_state=1,
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it has not converged, which nobody asked for
        model.fit(train.features, train.label)


def main() -> None:
    """Print a row for each batch size."""
    events, epochs, turns = (
        int(given) for given in (sys.argv[1:] + ["100000", "5", "3"][len(sys.argv) - 1 :])
    )
    whole = made_up(events)
    train, validation = whole.of("train"), whole.of("validation")
    print(f"{len(train):,} training events, {epochs} epochs, load {os.getloadavg()[0]:.1f}")
    print(
        f"{'batch':>7} {'ours':>12} {'Keras':>12} {'scikit-learn':>12}   [events/s]   Keras / ours"
    )
    for batch_size in (2**10, 2**13, 2**16):
        network = Network(batch_size=batch_size, epochs=epochs, patience=epochs)
        seconds = best_of(
            {
                "ours": lambda n=network: networks.train(n, train, validation),
                "keras": lambda n=network: bare_keras(n, train, validation),
                "sklearn": lambda n=network: scikit_learn(n, train),
            },
            turns,
        )
        rates = [epochs * len(train) / one for one in seconds.values()]
        row = " ".join(f"{rate:12,.0f}" for rate in rates)
        print(f"{batch_size:7,} {row} {seconds['keras'] / seconds['ours']:28.2f}", flush=True)


if __name__ == "__main__":
    main()
