"""`lepsearch skim`: ntuples to tables; `lepsearch skim export`: these for other tools."""

from pathlib import Path
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


def export_command(
    path: Annotated[
        Path,
        typer.Argument(
            help="File to write; its end says the format: .parquet, .root, .h5, .npz or .csv."
        ),
    ],
    region: Annotated[str, typer.Option(help="dilepton or trilepton.")] = "dilepton",
    profile: Profile = None,
    data: Folder = None,
    sample: Annotated[
        list[str] | None, typer.Option(help="Sample(s), with commas; all by default.")
    ] = None,
    column: Annotated[
        list[str] | None, typer.Option(help="Feature(s), with commas; all by default.")
    ] = None,
    luminosity_fb: Annotated[
        float | None, typer.Option(help="Luminosity of the weights [1/fb]; the profile's.")
    ] = None,
) -> None:
    """Write skims with physics weights to one file for other tools."""
    from lepsearch.events.dataset import Dataset
    from lepsearch.events.export import export

    dataset = Dataset.open(profile, data=data, luminosity_fb=luminosity_fb)
    rows = export(dataset, region, path, samples=_names(sample), columns=_names(column))
    typer.echo(f"{path}: {rows} rows, weights for {dataset.luminosity_fb:g} 1/fb")


def _names(given: list[str] | None) -> list[str] | None:
    """Names from an option that may be repeated or hold several with commas; None if none."""
    return [name.strip() for name in ",".join(given).split(",") if name.strip()] if given else None
