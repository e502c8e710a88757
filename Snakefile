"""The graph: samples -> skims -> chapters -> book. Run it with `make book`, or by hand:

    snakemake --cores 2 --config profile=local data=FOLDER

A step's inputs include the library modules that it uses, found by reading their imports, so that
a change reruns what it touches and nothing else. Files are compared by content too, since a file
that takes another's place may be the older one.
"""

import os
import re
import shlex
import sys
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

from snakemake.logging import logger

from lepsearch import provenance
from lepsearch.book.chapters import (
    earlier,
    events_of,
    inputs,
    learned_by,
    list_chapters,
    manifest_of,
)
from lepsearch.errors import InputError, LepsearchError
from lepsearch.events.selection import REGIONS
from lepsearch.files import lock, state, unwritten
from lepsearch.workspace import Workspace


# chapters run side by side, so their linear algebra takes one thread each
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

# of a step that failed: it has said itself why
FAILED = re.compile(r"^Error in rule |returned non-zero exit status 1\b|^At least one job", re.M)
for handler in logger.handlers:
    handler.addFilter(lambda record: not FAILED.search(record.getMessage()))


@contextmanager
def said():
    """Say what the user can mend in its own words, without where in the library it was noticed."""
    try:
        yield
    except LepsearchError as error:
        sys.exit(f"lepsearch: {error}")


ROOT = Path(workflow.basedir)
with said():
    WORKSPACE = Workspace.find(config.get("profile"), config.get("data") or None, ROOT)
    PROFILE = WORKSPACE.profile
    MANIFEST = manifest_of(WORKSPACE)
    SOURCES = {source.name: source for source in MANIFEST.sources(WORKSPACE)}
    SIMULATED = MANIFEST.simulation(PROFILE)
# the steps inherit these
os.environ["LEPSEARCH_ROOT"] = str(ROOT)
if WORKSPACE.data:
    os.environ["LEPSEARCH_DATA"] = str(WORKSPACE.data)
CHAPTERS = list_chapters(ROOT)
TRAINING = [one for one in CHAPTERS if learned_by(ROOT / f"notebooks/{one}.py")]
# samples run side by side; with more cores than samples, each gets several
SHARE = max(1, workflow.cores // max(1, len(SOURCES)))
LEPSEARCH = shlex.quote(str(Path(sys.executable).with_name("lepsearch")))


def place(path):
    """A path as the rules name it: relative to the project where it lies inside."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


BUILD = place(WORKSPACE.build)


def modules(root):
    """The library files that a script or a command uses, itself included."""
    return [place(path) for path in [ROOT / root, *provenance.modules_used(ROOT / root)]]


def events_for(chapter):
    """The workspace that a chapter takes its events from."""
    return events_of(ROOT / f"notebooks/{chapter}.py", WORKSPACE)


def chapter_inputs(wildcards):
    """A chapter's script, its modules, and the manifest and skims that it reads."""
    script = f"notebooks/{wildcards.chapter}.py"
    events = events_for(wildcards.chapter)
    return modules(script) + [place(path) for path in inputs(ROOT / script, events)]


def results_before(wildcards):
    """The results of the chapters that a chapter goes on from."""
    script = ROOT / f"notebooks/{wildcards.chapter}.py"
    return [f"{BUILD}/results/{name}.json" for name in earlier(script)]


def sample_digest(name):
    """What the manifest says of one sample, whatever it says of the others."""
    source = SOURCES[name]
    return provenance.digest(replace(source, files=()), source.layout, SIMULATED.get(name))


state = cache(state)


def contents(paths):
    """What changes with the names and the content of files."""
    return provenance.digest(*((str(path), state(ROOT / path)) for path in paths))


BOOK = sorted(place(path) for path in (ROOT / "book").rglob("*") if path.is_file())


SKIMS = [place(WORKSPACE.skim(region, sample)) for region in REGIONS for sample in SOURCES]

missing = [path for source in SOURCES.values() for path in source.files if not path.is_file()]
with said():
    if missing and SIMULATED:
        (WORKSPACE.ntuples / "made.json").unlink(missing_ok=True)
    elif missing:
        raise InputError(
            f"profile {PROFILE!r}: {len(missing)} ntuples are not there, first {missing[0]}; "
            "fetch them with `lepsearch data fetch`, or name the folder that has them: DATA=..."
        )
    if workflow.is_main_process:
        place_of_lock = WORKSPACE.build / ".lock"
        try:
            place_of_lock.parent.mkdir(parents=True, exist_ok=True)
            held = place_of_lock.open("w")
        except OSError as error:
            raise unwritten(place_of_lock, error)
        if not lock(held):
            raise InputError(f"another run is at work in {WORKSPACE.build}; wait for it to end")


wildcard_constraints:
    sample="|".join(SOURCES) or "none",
    chapter="|".join(CHAPTERS) or "none",


localrules:
    book,
    skims,


rule book:
    input:
        expand(f"{BUILD}/chapters/{{chapter}}.ipynb", chapter=CHAPTERS),
        "_config.yml",
        BOOK,
        modules("lib/lepsearch/book/render.py"),
    output:
        update(f"{BUILD}/html/index.html"),
    params:
        chapters=CHAPTERS,
        content=contents(["_config.yml", *BOOK, *modules("lib/lepsearch/book/render.py")]),
    message:
        "render the book"
    shell:
        "{LEPSEARCH} build --profile {PROFILE}"


rule skims:
    input:
        SKIMS,
    message:
        "every skim is there"


if SIMULATED:

    # One process makes all samples, since starting one for each would cost as much as the small
    # ones themselves. It leaves alone what is there and was made by the same recipe, so a killed
    # run is resumed by sample; the files are therefore not outputs, which Snakemake would delete.
    rule simulate:
        input:
            modules("lib/lepsearch/cli/simulate.py"),
        output:
            f"{BUILD}/ntuples/made.json",
        params:
            digests=[sample_digest(name) for name in SOURCES],
            content=contents(modules("lib/lepsearch/cli/simulate.py")),
        message:
            "simulate the samples of {PROFILE}"
        threads: workflow.cores
        shell:
            "{LEPSEARCH} simulate --profile {PROFILE} --workers {threads}"

    rule skim_simulated:
        input:
            f"{BUILD}/ntuples/made.json",
            modules("lib/lepsearch/events/skim.py"),
        output:
            SKIMS,
        params:
            content=contents(modules("lib/lepsearch/events/skim.py")),
        message:
            "skim the samples of {PROFILE}"
        shell:
            "{LEPSEARCH} skim --profile {PROFILE}"

else:

    rule skim:
        input:
            modules("lib/lepsearch/events/skim.py"),
        output:
            [f"{BUILD}/skims/{region}/{{sample}}.parquet" for region in REGIONS],
        # the ntuples are no inputs: their names, which are the user's, may have any characters
        params:
            digest=lambda wildcards: sample_digest(wildcards.sample),
            files=lambda wildcards: contents(SOURCES[wildcards.sample].files),
            content=contents(modules("lib/lepsearch/events/skim.py")),
        message:
            "skim {wildcards.sample}"
        threads: SHARE
        shell:
            "{LEPSEARCH} skim {wildcards.sample} --profile {PROFILE} --workers {threads}"


rule chapter:
    input:
        chapter_inputs,
        results_before,
    output:
        f"{BUILD}/chapters/{{chapter}}.ipynb",
        f"{BUILD}/results/{{chapter}}.json",
    benchmark:
        f"{BUILD}/times/{{chapter}}.tsv"  # `lepsearch list` shows them
    params:
        events=lambda wildcards: events_for(wildcards.chapter).name,
        content=lambda wildcards: contents(
            path for path in chapter_inputs(wildcards) if not path.endswith(".parquet")
        ),
    message:
        "execute chapter {wildcards.chapter}"
    shell:
        "{LEPSEARCH} run {wildcards.chapter} --profile {PROFILE} --for-book"


# those that train take longest: begun last, one would run alone while the other cores wait
use rule chapter as chapter_that_trains with:
    priority: 1
    wildcard_constraints:
        chapter="|".join(TRAINING) or "none",


ruleorder: chapter_that_trains > chapter

