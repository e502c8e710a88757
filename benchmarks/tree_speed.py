"""Speed of ``Trees`` beside bare XGBoost, scikit-learn and LightGBM, on the same events.

    python benchmarks/tree_speed.py [EVENTS] [TREES] [TURNS]

Each grows the same number of trees of one depth with weights, on one core, from arrays (bins
included), and prints the processor time of the best turn and the weighted AUC of the test part.
XGBoost and ours also follow the loss of the validation part; ours keeps the trees up to its lowest
value, the others keep all. Asked: our time at most 1.05 times that of bare XGBoost. LightGBM is
left out where Python doesn't find it: ``pip install --no-deps --target FOLDER lightgbm``, then run
with ``PYTHONPATH=FOLDER``.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import xgboost as xgb
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_limits
from timing import best_of
from training_speed import made_up

from lepsearch.learn.trees import Trees

DEPTH, RATE = 6, 0.3


def main() -> None:
    """Print a row for each program."""
    events, number, turns = (
        int(given) for given in (sys.argv[1:] + ["200000", "100", "3"][len(sys.argv) - 1 :])
    )
    whole = made_up(events)
    weight = np.random.default_rng(2).uniform(0.5, 1.5, events)
    train, validation, test = (
        replace(one, training_weight=weight[whole.part == i])
        for i, one in enumerate(map(whole.of, ("train", "validation", "test")))
    )
    arrays = train.features, train.label, train.training_weights

    def bare() -> xgb.Booster:
        first, second = (
            {"data": one.features, "label": one.label, "weight": one.training_weights}
            for one in (train, validation)
        )
        matrix = xgb.QuantileDMatrix(**first, nthread=1)
        judged = xgb.QuantileDMatrix(**second, ref=matrix, nthread=1)
        known = {"objective": "binary:logistic", "base_score": 0.5, "eval_metric": "logloss"}
        known |= {"max_depth": DEPTH, "eta": RATE, "nthread": 1}
        return xgb.train(known, matrix, number, evals=[(judged, "validation")], verbose_eval=False)

    def scikit_learn() -> Any:
        options: dict[str, Any] = {"max_depth": DEPTH, "max_leaf_nodes": 2**DEPTH}
        options |= {"learning_rate": RATE, "l2_regularization": 1.0, "min_samples_leaf": 1}
        model = HistGradientBoostingClassifier(max_iter=number, early_stopping=False, **options)
        return model.fit(*arrays)

    def light() -> Any:
        from lightgbm import LGBMClassifier

        options: dict[str, Any] = {"max_depth": DEPTH, "num_leaves": 2**DEPTH, "reg_lambda": 1.0}
        options |= {"learning_rate": RATE, "min_child_weight": 1.0, "min_child_samples": 1}
        model = LGBMClassifier(n_estimators=number, n_jobs=1, verbose=-1, **options)
        return model.fit(*arrays)

    trees = Trees(number, DEPTH, RATE, patience=number)
    ways: dict[str, Callable[[], Any]] = {"XGBoost": bare}
    ways["ours"] = lambda: trees.fit(train, validation)
    ways["scikit-learn"] = scikit_learn
    if importlib.util.find_spec("lightgbm"):
        ways["LightGBM"] = light
    made: dict[str, Any] = {}
    with threadpool_limits(1):
        timed = {
            name: lambda n=name, way=way: made.update({n: way()}) for name, way in ways.items()
        }
        seconds = best_of(timed, turns, time.process_time)
    print(f"{len(train):,} events, {number} trees, load {os.getloadavg()[0]:.1f}")
    print(f"{'':>14} {'CPU [s]':>8} {'/ XGBoost':>10} {'AUC':>8}")
    for name, model in made.items():
        if name == "ours":
            score = model.scores(test)
        elif name == "XGBoost":
            score = model.inplace_predict(test.features)
        else:
            score = model.predict_proba(test.features)[:, 1]
        auc = roc_auc_score(test.label, score, sample_weight=test.training_weights)
        print(
            f"{name:>14} {seconds[name]:8.2f} {seconds[name] / seconds['XGBoost']:10.3f} {auc:8.4f}"
        )


if __name__ == "__main__":
    main()
