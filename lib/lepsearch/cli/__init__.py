"""The command `lepsearch`: data, simulate, skim, run, build, doctor."""

from __future__ import annotations

import logging
import sys

import typer

from lepsearch.cli.build import build_command
from lepsearch.cli.data import data_app
from lepsearch.cli.doctor import doctor_command
from lepsearch.cli.run import run_command
from lepsearch.cli.simulate import simulate_command
from lepsearch.cli.skim_app import skim_app
from lepsearch.errors import LepsearchError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

app.add_typer(data_app, name="data")
app.command("simulate")(simulate_command)
app.add_typer(skim_app, name="skim")
app.command("run")(run_command)
app.command("build")(build_command)
app.command("doctor")(doctor_command)


@app.callback()
def about() -> None:
    """Search for new physics with leptons: samples, skims, chapters, book."""


def main() -> None:
    """Run the command line; an error that the user can mend is one message, not a traceback."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("papermill").setLevel(logging.WARNING)  # it tells where its files lie
    try:
        app()
    except LepsearchError as error:
        sys.exit(f"lepsearch: {error}")
