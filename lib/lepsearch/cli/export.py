"""`lepsearch skim export`: skims to Parquet, ROOT, HDF5, NumPy or CSV."""

from pathlib import Path
from typing import Annotated

import typer

from lepsearch.cli.options import Folder, Profile


def _names(given: list[str] | None) -> list[str] | None:
    """Names from an option that may be repeated or hold several with commas; None if none."""
    return [name.strip() for name in ",".join(given).split(",") if name.strip()] if given else None


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
