"""Where things lie: the project folder, and a profile's made files under ``build/``."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from lepsearch.errors import InputError

__all__ = ("READS", "Workspace", "project_root")

MANIFEST = "data_manifest.yaml"
# what an executed chapter says that it reads, as profile/region; not set: anything
READS = "LEPSEARCH_READS"


def project_root() -> Path:
    """The folder with ``data_manifest.yaml``: ``$LEPSEARCH_ROOT``, or the nearest one upwards.

    Raises:
        InputError: No such folder.
    """
    named = os.environ.get("LEPSEARCH_ROOT")
    here = Path(named or Path.cwd()).resolve()
    for folder in [here] if named else [here, *here.parents]:
        if (folder / MANIFEST).is_file():
            return folder
    msg = f"no {MANIFEST} in {here}{'' if named else ' or any folder above it'}; "
    msg += "run inside the project, or set LEPSEARCH_ROOT to its folder"
    raise InputError(msg)


@dataclass(frozen=True)
class Workspace:
    """The places of one profile's files; those that a running chapter doesn't say it reads raise.

    Attributes:
        root: The project folder.
        profile: Name of the profile (``embedded``, ``smoke``, ``local``, ``opendata-2020`` ...).
        data: Folder of ntuples that the user named (``local``), or the downloads' folder.
    """

    root: Path
    profile: str
    data: Path | None = None

    @classmethod
    def find(cls, profile: str, data: Path | str | None = None) -> Workspace:
        """The workspace around the working directory; ``data`` defaults to ``$LEPSEARCH_DATA``."""
        folder = data or os.environ.get("LEPSEARCH_DATA")
        return cls(project_root(), profile, Path(folder).resolve() if folder else None)

    @property
    def manifest(self) -> Path:
        """The data manifest, for chapters that say that they read any events."""
        _refuse_unsaid("the manifest", os.environ.get(READS) != "")
        return self.root / MANIFEST

    @property
    def build(self) -> Path:
        """Everything made for this profile."""
        return self.root / "build" / self.profile

    @property
    def ntuples(self) -> Path:
        """Simulated ROOT files."""
        return self.build / "ntuples"

    @property
    def downloads(self) -> Path:
        """Fetched ROOT files: the folder that the user named, or ``data/`` in the project."""
        return self.data or self.root / "data"

    @property
    def chapters(self) -> Path:
        """Executed notebooks."""
        return self.build / "chapters"

    @property
    def results(self) -> Path:
        """Recorded numbers, a JSON file a chapter."""
        return self.build / "results"

    def skim(self, region: str, sample: str) -> Path:
        """The table of one sample in one region, for chapters that say that they read this one."""
        said, wanted = os.environ.get(READS), f"{self.profile}/{region}"
        _refuse_unsaid(f"the skims of {wanted}", said is None or wanted in said.split())
        return self.build / "skims" / region / f"{sample}.parquet"


def _refuse_unsaid(what: str, said: bool) -> None:
    """Keep a chapter, by an ``InputError``, from reading what would not make its results stale."""
    if not said:
        stated = os.environ[READS] or "nothing"
        msg = f"this chapter reads {what}, but says that it reads {stated}; "
        msg += 'name its regions in the head of the parameters cell: lepsearch={"reads": [...]}'
        raise InputError(msg)
