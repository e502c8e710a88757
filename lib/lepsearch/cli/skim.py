"""`lepsearch skim`: ntuples to tables."""

from typing import Annotated

import typer

from lepsearch.cli.options import Folder, Profile
from lepsearch.errors import one_of
from lepsearch.workspace import Workspace


def skim_command(
    samples: Annotated[list[str] | None, typer.Argument(help="Samples; all by default.")] = None,
    profile: Profile = None,
    data: Folder = None,
    workers: Annotated[int, typer.Option(help="Threads.", min=1)] = 1,
) -> None:
    """Select events and compute features: ntuples to one Parquet table a region and sample."""
    from lepsearch.data.manifest import load_manifest
    from lepsearch.events.skim import skim
    from lepsearch.parallel import pool

    workspace = Workspace.find(profile, data)
    known = load_manifest(workspace.manifest)
    sources = {source.name: source for source in known.sources(workspace)}
    for name in samples or ():
        one_of(f"sample of profile {workspace.profile!r}:", name, sources)
    with pool(workers, threads=True) as mapped:
        for name in samples or sources:
            infos = skim(sources[name], workspace, manifest=known.digest, pool=mapped)
            for region, info in infos.items():
                left = [step for step in info.cutflow.steps if step.events]
                lost = info.cutflow.steps[len(left) :][:1]
                why = (
                    f" (none of {left[-1].events} passes: {lost[0].title})" if left and lost else ""
                )
                events = info.cutflow.steps[-1].events
                typer.echo(f"{name}: {events} events{why} in {workspace.skim(region, name)}")
