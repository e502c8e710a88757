"""Models that differ in named choices, trained on the same events, kept, measured and compared.

::

    experiment = Experiment(events, Network(epochs=40), store, signal="dh_hds_130")
    table = experiment.grid(
        {"padding": ["zero", "mean"], "neurons": [10, 100]}, seeds=[1, 2], measure={"auc": auc}
    )
    score = experiment.scores("test", seed=1, padding="mean", neurons=10)
    experiment.compared({"zero": {"padding": "zero"}, "mean": {"padding": "mean"}}, "zero", [1, 2])

A choice is a field of the model (``neurons``) or of the weighting (``scheme``, ``negative``), or
the whole ``model`` or ``weighting``, of any type; a grid's columns have what was given. Each
training is a file, found by what it depends on: model, weighting, events and the code of both, not
by what is measured. A killed grid goes on where it was; what two grids ask for is trained once.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from tqdm import tqdm

from lepsearch.errors import InputError, one_of
from lepsearch.files import sha256
from lepsearch.learn.cuts import Reading, over_readings, read_off
from lepsearch.learn.grid import plain
from lepsearch.learn.labelled import LearningSet
from lepsearch.learn.measures import Measure, Statistic, auc_of, averaged, differences
from lepsearch.learn.model import Model, Training
from lepsearch.learn.training_weights import Weighting
from lepsearch.parallel import pool
from lepsearch.provenance import digest, modules_used
from lepsearch.stats.estimate import Estimate

__all__ = ("Experiment",)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Experiment:
    """Events and settings that the trainings share.

    Everywhere, ``**choice`` is what differs from them, seeds are those of the trainings, and
    ``signal`` takes, of the measured events, those of this signal alone and all backgrounds.
    """

    events: LearningSet  # all parts, with the features that any of the models needs
    model: Model  # what the models have in common
    store: Path  # folder of what was trained
    # how events count in the training; each the same by default
    weighting: Weighting = field(default_factory=Weighting)
    # the signal sample or group that results are for, with all backgrounds; models are trained on
    # all signals. None: results are for all events.
    signal: str | None = None
    parts: tuple[str, ...] = ("validation", "test")  # the parts that models are tried on
    _measured: dict[Any, LearningSet] = field(default_factory=dict, init=False, repr=False)
    _digests: dict[type, str] = field(default_factory=dict, init=False, repr=False)

    def measured(self, part: str, signal: str | None = None) -> LearningSet:
        """The events of a part that results are for, or of them one signal and all backgrounds."""
        key, name = (part, signal), signal or self.signal
        if key not in self._measured:
            found = self.events.of(part) if signal is None else self.measured(part)
            self._measured[key] = found if name is None else found.of_signal(name)
        return self._measured[key]

    def chosen(self, seed: int, **choice: Any) -> tuple[Model, Weighting]:
        """The model and the weighting of a choice; an unknown one is an ``InputError``."""
        model: Any = choice.pop("model", self.model)
        weighting: Any = choice.pop("weighting", self.weighting)
        of_weighting = {one.name for one in fields(weighting)}
        known = of_weighting | {one.name for one in fields(model)} - {"seed"}
        for name in choice:
            one_of("choice", name, known)
        apart = {name: choice.pop(name) for name in of_weighting & choice.keys()}
        return replace(model, seed=seed, **choice), replace(weighting, **apart)

    def training(self, seed: int, **choice: Any) -> Training:
        """What is kept of a training; it is done if it isn't there."""
        model, weighting = self.chosen(plain(seed), **{n: plain(c) for n, c in choice.items()})
        path = self.store / f"{digest(self._digest(type(model)), model, weighting)}.npz"
        if not path.is_file():
            self._train(model, weighting, path)
        return Training.read(path)

    def scores(self, part: str, seed: int, *, signal: str | None = None, **choice: Any) -> Floats:
        """Scores of the events of :meth:`measured`, by the model of a choice and a seed."""
        score = self.training(seed, **choice).scores[part]
        return score if signal is None else score[self.measured(part).is_of(signal)]

    def by_seed(self, part: str, seeds: Sequence[int], **choice: Any) -> list[Floats]:
        """:meth:`scores` of each of several trainings."""
        return [self.scores(part, seed, **choice) for seed in seeds]

    def grid(
        self,
        points: Mapping[str, Sequence[Any]] | Iterable[Mapping[str, Sequence[Any]]],
        seeds: Sequence[int],
        *,
        measure: Mapping[str, Measure] | None = None,
        workers: int = 1,
    ) -> pd.DataFrame:
        """Train at all combinations of choices and seeds, and measure the parts.

        Points are values of each choice. Several grids of the same choices may be given; a point
        that is in two of them stands once.

        Returns:
            A row for each point and seed, in the grid's order: the choices as they were given,
            ``seed``, the best ``epoch``, and estimates ``<part>_<name>``.

        Raises:
            InputError: A choice has no values, or is unknown.
        """
        grids = [points] if isinstance(points, Mapping) else list(points)
        for name, values in [pair for one in grids for pair in one.items()]:
            if isinstance(values, str) or not len(values):
                msg = f"grid: {name!r} has the values {values!r}; expected a list of some"
                raise InputError(msg)
        made = [dict(zip(one, row, strict=True)) for one in grids for row in product(*one.values())]
        points = {repr(point): point for point in made}.values()
        return self._table([(point, point) for point in points], seeds, measure or {}, workers)

    def named(
        self,
        choices: Mapping[str, Mapping[str, Any]],
        seeds: Sequence[int],
        *,
        measure: Mapping[str, Measure] | None = None,
        workers: int = 1,
    ) -> pd.DataFrame:
        """The same as :meth:`grid` for choices with names, which the column ``choice`` has."""
        tasks = [({"choice": name}, choice) for name, choice in choices.items()]
        return self._table(tasks, seeds, measure or {}, workers)

    def _table(
        self,
        tasks: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]],
        seeds: Sequence[int],
        measure: Mapping[str, Measure],
        workers: int,
    ) -> pd.DataFrame:
        """A row for each training, with what the first of a pair calls it."""
        runs = [(*task, seed) for task in tasks for seed in seeds]
        for model in {type(self.chosen(0, **choice)[0]) for _, choice in tasks}:
            self._digest(model)  # once, before the workers get it
        with pool(min(workers, len(runs))) as mapped:
            rows = mapped(partial(self._row, measure), runs)
            bar = tqdm(rows, total=len(runs), unit=" points", disable=None, smoothing=0)
            return pd.DataFrame(list(bar))

    def average(
        self,
        statistic: Statistic,
        part: str,
        seeds: Sequence[int],
        *,
        replicas: int = 50,
        signal: str | None = None,
        counted: bool = False,
        **choice: Any,
    ) -> Estimate:
        """A number of a part's events, averaged over trainings as ``measures.averaged`` does.

        With ``counted``, simulated events count as one each, not as they are expected.
        """
        events = self.measured(part, signal)
        scores = self.by_seed(part, seeds, signal=signal, **choice)
        return averaged(statistic, events.counted if counted else events, scores, replicas=replicas)

    def compared(
        self,
        choices: Mapping[Any, Mapping[str, Any]],
        reference: Any,
        seeds: Sequence[int],
        *,
        statistic: Statistic = auc_of,
        part: str = "test",
        paired_seeds: bool = True,
        **options: Any,
    ) -> pd.DataFrame:
        """Averages for choices with names, and how they differ from the reference's.

        The table and ``paired_seeds`` are those of ``measures.differences``; the rest is as of
        :meth:`average`, by default for areas under the ROC curve.
        """
        found = {
            name: self.average(statistic, part, seeds, **options, **choice)
            for name, choice in choices.items()
        }
        return differences(found, reference, paired_seeds=paired_seeds)

    def readings(
        self,
        choose: Callable[[LearningSet, Floats], float],
        seeds: Sequence[int],
        *,
        uncertainty: float = 0.0,
        signal: str | None = None,
        **choice: Any,
    ) -> list[Reading]:
        """Significance in the test part of each training's cut, which the validation part chooses.

        The cut for events and their scores is chosen as a ``partial`` of ``cuts.best_cut`` or of
        ``cuts.efficiency_cut`` does; the uncertainty is the relative one of the background.
        """
        found = []
        for seed in seeds:
            first, second = (
                (self.measured(part, signal), self.scores(part, seed, signal=signal, **choice))
                for part in ("validation", "test")
            )
            found.append(read_off(first, second, choose(*first), uncertainty=uncertainty))
        return found

    def significances(
        self,
        choices: Mapping[Any, Mapping[str, Any]],
        choose: Callable[[LearningSet, Floats], float],
        seeds: Sequence[int],
        **options: Any,
    ) -> pd.Series:
        """Means over trainings for choices with names; the rest is as of :meth:`readings`."""
        found = {
            name: over_readings(self.readings(choose, seeds, **options, **choice))
            for name, choice in choices.items()
        }
        return pd.Series(found)

    def _row(
        self, measure: Mapping[str, Measure], run: tuple[Mapping[str, Any], Mapping[str, Any], int]
    ) -> dict[str, Any]:
        """Train and measure, where the worker is."""
        shown, choice, seed = run
        try:
            made = self.training(seed, **choice)
            results = {
                f"{part}_{name}": of(self.measured(part), score)
                for part, score in made.scores.items()
                for name, of in measure.items()
            }
        except Exception as error:
            error.add_note(f"in the training of {dict(shown)} with seed {seed}")
            raise
        return {**shown, "seed": seed, "epoch": made.epoch, **results}

    def _train(self, model: Model, weighting: Weighting, path: Path) -> None:
        """Train, stopped by at most as many validation as training events; keep the scores."""
        train, validation = (self.events.of(part) for part in ("train", "validation"))
        chosen = np.random.default_rng(1).permutation(len(validation))[: len(train)]
        parts = train, validation.take(np.sort(chosen))
        made = model.fit(*(replace(one, training_weight=weighting(one)) for one in parts))
        scores = {part: made.scores(self.measured(part)) for part in self.parts}
        Training(scores, made.history).write(path)

    def _digest(self, model: type) -> str:
        """What trainings of a kind of model depend on besides its settings: events and code."""
        if model not in self._digests:
            try:
                sources = [Path(inspect.getfile(one)).resolve() for one in (model, Weighting)]
            except TypeError as error:
                msg = f"{model.__name__} has no file: define it in a module, to know its changes"
                raise InputError(msg) from error
            code = {*sources, *(used for one in sources for used in modules_used(one))}
            self._digests[model] = digest(
                self.events.digest, self.signal, self.parts, sorted(map(sha256, code))
            )
        return self._digests[model]
