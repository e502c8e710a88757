"""The command `lepsearch`: data, simulate, skim, list, run, build, doctor."""

import logging
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from lepsearch import __version__, surroundings
from lepsearch.cli.data import data_app
from lepsearch.cli.doctor import doctor_command
from lepsearch.cli.run import build_command, list_command, run_command
from lepsearch.cli.simulate import simulate_command
from lepsearch.cli.skim import export_command, skim_command
from lepsearch.errors import LepsearchError
from lepsearch.files import ADVICE


class _MakeByDefault(TyperGroup):
    """A group whose first argument may be a sample instead of a command."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put ``make`` in front of what names no command."""
        named = args and (args[0] in self.commands or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if named else ["make", *args])


skim_app = typer.Typer(
    cls=_MakeByDefault,
    help="Ntuples to tables: `lepsearch skim [SAMPLE...]` makes them, `export` writes them out.",
)
skim_app.command("make")(skim_command)
skim_app.command("export")(export_command)

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(data_app, name="data")
app.command("simulate")(simulate_command)
app.add_typer(skim_app, name="skim")
app.command("list")(list_command)
app.command("run")(run_command)
app.command("build")(build_command)
app.command("doctor")(doctor_command)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"lepsearch {__version__}")
        raise typer.Exit


@app.callback()
def about(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which it is.")
    ] = False,
) -> None:
    """Search for new physics with leptons: samples, skims, chapters, book."""


def main() -> None:
    """Run the command line; an error that the user can mend is one message, not a traceback."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    for chatty in ("numexpr", "papermill"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # jsonschema would make a parser of addresses for it, 2 s, when a notebook is checked
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    surroundings.settle()
    try:
        app()
    except LepsearchError as error:
        sys.exit(f"lepsearch: {error}")
    except OSError as error:
        if not error.strerror:
            raise
        what = error.filename or "a file, or the working directory"
        advice = ADVICE.get(error.errno or 0, "")
        sys.exit(f"lepsearch: {what}: {error.strerror}; {advice}".rstrip("; "))
    except ImportError as error:
        if (error.name or "").startswith("lepsearch"):
            raise
        sys.exit(f"lepsearch: {error}; `lepsearch doctor` says what this environment lacks")
    except KeyboardInterrupt:
        sys.exit("lepsearch: stopped")
