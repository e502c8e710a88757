"""Do a module's own tests find a small mistake in it?

    python benchmarks/mutants.py [--sample 40] [--seed 1] [--cores 1] [MODULE ...]

One at a time, an operator is exchanged, a whole number raised by one, another by a tenth, a
condition forced: mutmut's mutations, in the physics modules. `mutmut run` reaches the insides of
undecorated functions only; here the module is imported anew from its mutated text, so that cuts,
resolutions, the registry of features and compiled loops count too. The module's examples and the
tests named beside it then run in a fork, and should fail. Left alone are text, types, messages,
histograms' bins, and `strict=` of `zip`. Each module's mutants are drawn at random (0: take all);
what is found and what survives is printed, and less than 90 % found, in all, is an error.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import resource
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.machinery import SourceFileLoader
from itertools import chain
from pathlib import Path

import libcst as cst
import numba
import pytest
from libcst import matchers as m
from mutmut.mutation import mutators

TESTS = {
    "events/kinematics": "tests/events/test_kinematics.py",
    "events/records": "tests/events/test_records.py tests/events/test_weights.py",
    "events/objects": "tests/events/test_selection.py tests/events/test_features.py",
    "events/selection": "tests/events/test_selection.py",
    "events/features": "tests/events/test_features.py tests/events/test_selection.py",
    "events/split": "tests/events/test_split.py",
    "learn/training_weights": "tests/learn/test_training_weights.py",
    "rmm/cells": "tests/rmm/test_cells.py",
    "rmm/kernel": "tests/rmm/test_matrix.py",
    "rmm/matrix": "tests/rmm/test_matrix.py",
    "rmm/momenta": "tests/rmm/test_matrix.py",
    "stats/agreement": "tests/stats/test_agreement.py",
    "stats/counting": "tests/stats/test_counting.py",
    "stats/exact": "tests/stats/test_exact.py",
    "stats/metrics": "tests/stats/test_metrics.py",
    "stats/roc": "tests/stats/test_metrics.py",
    "stats/significance": "tests/stats/test_significance.py",
}
ROOT = Path(__file__).resolve().parent.parent
OURS = str(ROOT / "lib"), str(ROOT / "tests")
PYTEST = ("-qq", "-p", "no:cacheprovider", "--assert=plain")  # rewriting would read the file
ENOUGH = 0.9
CPU_SECONDS = 300  # of the tests; longer is a loop without end

LEFT_ALONE = (
    m.Annotation() | m.Decorator() | m.FormattedString() | m.Raise()
    | m.Assign(targets=[m.AssignTarget(m.Name("msg"))]) | m.AugAssign(m.Name("msg"))
    | m.Arg(keyword=m.Name("strict"))
    | m.Tuple([m.Element(), m.Element(), m.Element(m.Integer())])  # bins: low, high, number
)  # fmt: skip


def larger(node: cst.Float) -> Iterator[cst.Float]:
    """A tenth more, or 1 for 0."""
    yield node.with_changes(value=repr(node.evaluated_value * 1.1 or 1.0))


OPERATORS = (
    (cst.Float, larger),
    (cst.Integer, mutators.operator_number),
    (cst.Name, mutators.operator_name),
    (cst.UnaryOperation, mutators.operator_remove_unary_ops),
    (cst.AugAssign, mutators.operator_augmented_assignment),
    (cst.IfExp, mutators.operator_if_exp),
    (cst.CSTNode, mutators.operator_keywords),
    (cst.CSTNode, mutators.operator_swap_op),
)


class Changes(cst.CSTVisitor):
    """Every change of one node, in the order of the text."""

    def __init__(self) -> None:
        self.found: list[tuple[cst.CSTNode, cst.CSTNode]] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if m.matches(node, LEFT_ALONE):
            return False
        for kind, operator in OPERATORS:
            if isinstance(node, kind):
                self.found += [(node, new) for new in operator(node)]
        return True


def changed_line(before: str, after: str) -> str:
    """Number of the first line that differs, and its new text."""
    pairs = zip(before.splitlines(), after.splitlines(), strict=False)
    number, line = next((i, b) for i, (a, b) in enumerate(pairs, 1) if a != b)
    return f"{number}: {line.strip()}"


def run_tests(path: Path, source: str, cache: str, tests: list[str]) -> None:
    """Run tests with another text of a module; the exit code is pytest's."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    original = SourceFileLoader.get_code

    def get_code(loader: SourceFileLoader, name: str) -> object:
        if Path(loader.path) == path:
            return compile(source, path, "exec", dont_inherit=True)
        return original(loader, name)

    SourceFileLoader.get_code = get_code
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None)).startswith(OURS):
            del sys.modules[name]
    if "@compiled" in source:
        numba.config.CACHE_DIR = cache  # its cache does not tell constants apart
    os._exit(pytest.main(["-x", *PYTEST, *tests]))


def survives(path: Path, tests: list[str], source: str) -> bool:
    """Whether all tests pass with this text of the module."""
    with tempfile.TemporaryDirectory() as cache:
        arguments = path, source, cache, tests
        process = multiprocessing.get_context("fork").Process(target=run_tests, args=arguments)
        process.start()
        process.join()
    return process.exitcode == 0


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("modules", nargs="*", default=list(TESTS), metavar="MODULE")
    parser.add_argument("--sample", type=int, default=40, help="mutants of each module; 0: all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cores", type=int, default=1)
    given = parser.parse_args()
    os.chdir(ROOT)
    tests = {one: [f"lib/lepsearch/{one}.py", *TESTS[one].split()] for one in given.modules}
    pytest.main(["--collect-only", *PYTEST, *chain(*tests.values())])  # forks have the imports
    found = tried = 0
    for module in given.modules:
        path = ROOT / "lib" / "lepsearch" / f"{module}.py"
        source = path.read_text()
        tree, changes = cst.parse_module(source), Changes()
        tree.visit(changes)
        every = [tree.deep_replace(*change).code for change in changes.found]
        if not survives(path, tests[module], source):
            sys.exit(f"{module}: its tests fail without any change")
        number = min(given.sample or len(every), len(every))
        drawn = random.Random(given.seed).sample(every, number)  # noqa: S311
        with ThreadPoolExecutor(given.cores) as pool:
            passed = list(pool.map(partial(survives, path, tests[module]), drawn))
        print(f"{module}: {len(drawn) - sum(passed)} of {len(drawn)} found, of {len(every)}")
        for one, passes in zip(drawn, passed, strict=True):
            if passes:
                print("   ", changed_line(source, one), flush=True)
        found, tried = found + len(drawn) - sum(passed), tried + len(drawn)
    print(f"{found} of {tried} found: {found / tried:.0%}")
    return int(found < ENOUGH * tried)


if __name__ == "__main__":
    sys.exit(main())
