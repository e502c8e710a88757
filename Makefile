# make book | test | lab | lint | skims | env | mutants | clean     (see README.md)
#
# PROFILE   embedded (default), local (default with DATA=), opendata-2020, opendata-2025, smoke
# DATA      folder of ntuples
# CORES     processes to use
# PYTHON    what the environment is made with
# LABFLAGS  options of JupyterLab, such as LABFLAGS="--no-browser --port=9000"
# MUTANTS   options of benchmarks/mutants.py, such as MUTANTS="--sample 10 stats/exact"
# BIN       programs of an environment made otherwise (conda: BIN=$CONDA_PREFIX/bin)

DATA ?=
NAMED = $(and $(filter command,$(origin DATA)),$(value DATA))
PROFILE ?= $(if $(NAMED),local,embedded)
CORES ?= 2
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN ?= .venv/bin

SHELL := /bin/sh
.DEFAULT_GOAL := book
.PHONY: book skims test lint units notebooks lab mutants clean env help

ifneq ($(and $(NAMED),$(filter embedded embedded-full smoke,$(PROFILE))),)
$(error PROFILE=$(PROFILE) makes its own events; for a folder take PROFILE=local, else leave DATA out)
endif

ifeq ($(BIN),.venv/bin)
READY := .venv/ready
endif

# this checkout's library and the environment's own packages, whatever the shell's settings name
unexport JUPYTER_PATH PYTHONHOME PYTHONOPTIMIZE PYTHONSTARTUP PYTHONWARNINGS
export PYTHONNOUSERSITE := 1
export PYTHONPATH := $(CURDIR)/lib
export PYTHONUTF8 := 1

# a folder's name goes through the environment as it is, whatever characters it has
ifneq ($(value DATA),)
export LEPSEARCH_DATA = $(value DATA)
endif

# the graph; its scheduler looks for work once a timespan, which is a second by default, and again for
# each job that has ended, which took it a tenth of a core
GRAPH = $(BIN)/snakemake --cores $(CORES) --max-jobs-per-timespan 100/5s
CONFIG = --config profile=$(PROFILE)

help:
	@sed -n '1,/^$$/s/^# \{0,1\}//p' Makefile

env: $(READY)

# Installed again only if the content of the lock or of pyproject.toml has changed; the mark is
# taken away first, so that an installation that fails leaves none.
.venv/ready: requirements.lock pyproject.toml
	@if [ "$$(cat requirements.lock pyproject.toml | cksum)" = "$$(cat $@ 2>/dev/null)" ] \
	  && $(BIN)/python -c 'import lepsearch' 2>/dev/null; then touch $@; else \
	  echo "making .venv from requirements.lock: a few minutes the first time" && rm -f $@ && \
	  { $(BIN)/python -c '' 2>/dev/null || $(PYTHON) -m venv --clear .venv; } && \
	  $(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock && \
	  $(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e . && \
	  cat requirements.lock pyproject.toml | cksum > $@; fi

# chapters that train a classifier on a profile without signals take the default profile's events;
# the profile's own come first, so that what is wrong with them is said before anything is simulated
book: $(READY)
ifeq ($(filter embedded embedded-full smoke,$(PROFILE)),)
	@$(GRAPH) skims $(CONFIG)
	@$(GRAPH) skims --config profile=embedded
endif
	@$(GRAPH) book $(CONFIG)
	@$(BIN)/python -c "from lepsearch.workspace import Workspace as W; \
	  print('The book:', W.find('$(PROFILE)', root='.').build / 'html' / 'index.html')"

skims: $(READY)
	@$(GRAPH) skims $(CONFIG)

test: lint units notebooks
	@$(MAKE) --no-print-directory book PROFILE=smoke DATA=

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

units: $(READY)
	$(BIN)/pytest -n $(CORES) --dist loadfile

# every notebook as a reader would run it, with the small values of its parameters cell
notebooks: $(READY)
	@$(GRAPH) skims --config profile=smoke
	@rm -rf build/smoke/nb && mkdir -p build/smoke/nb
	@for script in notebooks/*.py; do \
	  $(BIN)/jupytext --quiet --to ipynb --set-kernel python3 \
	    -o build/smoke/nb/$$(basename $$script .py).ipynb $$script || exit 1; done
	$(BIN)/pytest -n $(CORES) --nbmake --nbmake-timeout=600 build/smoke/nb

# a script and its notebook stay paired while JupyterLab is open; here only missing ones are made
UNMADE = $(filter-out $(wildcard notebooks/*.ipynb),$(patsubst %.py,%.ipynb,$(wildcard notebooks/*.py)))
lab: $(READY)
	@$(if $(UNMADE),$(BIN)/jupytext --quiet --set-kernel python3 --to ipynb $(UNMADE:.ipynb=.py))
	JUPYTER_CONFIG_PATH=notebooks/.jupyter:$$JUPYTER_CONFIG_PATH \
	  $(BIN)/jupyter-lab --notebook-dir=notebooks $(if $(filter 0,$(shell id -u)),--allow-root) $(LABFLAGS)

# small mistakes put into the physics, which its tests should find; hours if all of them are tried
mutants: $(READY)
	nice $(BIN)/python benchmarks/mutants.py --cores $(CORES) $(MUTANTS)

clean:
	rm -rf build .snakemake
