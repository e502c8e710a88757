"""`lepsearch simulate`: the events of a simulated profile."""

import json
from typing import Annotated

import typer

from lepsearch.errors import InputError, one_of
from lepsearch.workspace import Workspace


def simulate_command(
    samples: Annotated[list[str] | None, typer.Argument(help="Samples; all by default.")] = None,
    profile: Annotated[str, typer.Option(help="Profile of the manifest.")] = "embedded",
    workers: Annotated[int, typer.Option(help="Processes.", min=1)] = 1,
) -> None:
    """Make the events of a simulated profile; samples that are made already are left alone."""
    from tqdm import tqdm

    from lepsearch.data.manifest import load_manifest
    from lepsearch.files import whole
    from lepsearch.simulate.sample import Request, is_made, recorded, simulate_samples

    workspace = Workspace.find(profile)
    known = load_manifest(workspace.manifest).simulation(profile)
    if not known:
        msg = f"profile {profile!r} has no simulated samples; use embedded or smoke"
        raise InputError(msg)
    for name in samples or ():
        one_of(f"sample of profile {profile!r}:", name, known)
    wanted = [Request(workspace.ntuples / f"{name}.root", known[name]) for name in samples or known]
    missing = [one for one in wanted if not is_made(one)]
    for one in wanted:
        if one not in missing:
            typer.echo(f"{one.path.stem}: there already, {one.path}")
    with tqdm(total=sum(one.sample.events for one in missing), unit=" events", disable=None) as bar:
        for path in simulate_samples(missing, workers=workers, progress=bar.update):
            made = recorded(path) or {}
            kept = f"{made.get('kept')} of {made.get('generated')} events kept"
            bar.write(f"{path.stem}: {kept}, {path}")
    if not samples:
        # for the graph: all samples of the profile are there, made by these recipes
        digests = {one.path.stem: (recorded(one.path) or {}).get("digest") for one in wanted}
        with whole(workspace.ntuples / "made.json") as part:
            part.write_text(json.dumps(digests, indent=1), encoding="utf-8")
