"""`lepsearch skim`: its commands, of which making skims is meant where none is named."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from lepsearch.cli.export import export_command
from lepsearch.cli.skim import skim_command

__all__ = ("skim_app",)

DEFAULT = "make"


class _MakeByDefault(TyperGroup):
    """A group whose first argument may be a sample instead of a command."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the default command in front of what names none."""
        named = args and (args[0] in self.commands or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if named else [DEFAULT, *args])


skim_app = typer.Typer(
    cls=_MakeByDefault,
    help="Ntuples to tables: `lepsearch skim [SAMPLE...]` makes them, `export` writes them out.",
)
skim_app.command(DEFAULT)(skim_command)
skim_app.command("export")(export_command)
