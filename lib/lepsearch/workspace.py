"""Where things lie: the project's folder, and what is made of a profile under ``build/``."""

import hashlib
import os
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from lepsearch.errors import InputError

__all__ = ("LOCAL", "READS", "Workspace", "project_root")

LOCAL = "local"  # the profile of a folder that the user has
MADE = ("embedded", "embedded-full", "smoke")  # profiles whose events are simulated here
MANIFEST = "data_manifest.yaml"
PACKAGE = Path(__file__).resolve().parent
CHECKOUT = PACKAGE.parents[1]
# what an executed chapter says that it reads, as profile/region; not set: anything
READS = "LEPSEARCH_READS"


def project_root(named: Path | str | None = None) -> Path:
    """The folder that has or gets ``build/`` and, in a checkout, has manifest and chapters.

    It is the one named, ``$LEPSEARCH_ROOT``, the nearest upwards with a manifest, the checkout that
    this library lies in, or the working directory, whichever comes first.

    Raises:
        InputError: The one named is no folder.
    """
    named = named or os.environ.get("LEPSEARCH_ROOT")
    here = Path(named or Path.cwd()).resolve()
    if not here.is_dir():
        msg = f"{here}: is no folder; as root, or in LEPSEARCH_ROOT, name the project's, or none"
        raise InputError(msg)
    known = [] if named else [here, *here.parents, CHECKOUT]
    return next((folder for folder in known if (folder / MANIFEST).is_file()), here)


@dataclass(frozen=True)
class Workspace:
    """Places of one profile's files; those that a running chapter doesn't say it reads raise."""

    root: Path  # the folder of :func:`project_root`
    profile: str  # name of the profile (``embedded``, ``smoke``, ``local``, ``opendata-2020`` ...)
    # folder of ntuples that the user named (``local``), or the downloads' folder
    data: Path | None = None
    variation: str = ""  # name of what is measured otherwise in these skims (``events.variations``)

    @classmethod
    def find(
        cls,
        profile: str | None = None,
        data: Path | str | None = None,
        root: Path | str | None = None,
    ) -> Self:
        """The workspace of a project, by default that around the working directory.

        The folder of ntuples is ``$LEPSEARCH_DATA`` by default; the profile is ``local`` if a
        folder is named here, else ``embedded``.

        Raises:
            InputError: A folder is named here for a profile that reads none.
        """
        if data and profile in MADE:
            msg = f"profile {profile!r} makes its own events and would read nothing in {data}; "
            msg += f"for a folder take profile {LOCAL!r}, else name no folder"
            raise InputError(msg)
        profile = profile or (LOCAL if data else MADE[0])
        folder = data or os.environ.get("LEPSEARCH_DATA")
        place = Path(os.path.expanduser(folder)).resolve() if folder else None  # noqa: PTH111
        return cls(project_root(root), profile, place)

    @property
    def manifest(self) -> Path:
        """The data manifest of the project, or else the one that the library was installed with.

        It is for chapters that say that they read any events.
        """
        _refuse_unsaid("the manifest", os.environ.get(READS) != "")
        known = [folder / MANIFEST for folder in (self.root, PACKAGE, CHECKOUT)]
        return next((path for path in known if path.is_file()), known[0])

    @property
    def name(self) -> str:
        """The profile, with the name of the user's folder and a mark of where it lies.

        Examples:
            >>> Workspace(Path(), "local", Path("/my data/wz")).name
            'local/wz-83a6eb'
        """
        if self.profile != LOCAL or self.data is None:
            return self.profile
        inside = self.data.is_relative_to(self.root)  # of a project that may move
        place = self.data.relative_to(self.root) if inside else self.data
        mark = hashlib.sha256(os.fsencode(place)).hexdigest()[:6]
        return f"{self.profile}/{re.sub(r'[^A-Za-z0-9.-]+', '_', self.data.name)}-{mark}"

    def call(self, command: str) -> str:
        """The call of a command of ``lepsearch`` for this workspace, as a message names it."""
        elsewhere = self.root != project_root()
        root = f"LEPSEARCH_ROOT={shlex.quote(str(self.root))} " if elsewhere else ""
        return f"`{root}lepsearch {command} --profile {self.profile}{self._folder(' --data ')}`"

    def make(self, target: str) -> str:
        """The call of make for this workspace, as a message names it."""
        return f"make {target} PROFILE={self.profile}" + self._folder(" DATA=")

    def _folder(self, option: str) -> str:
        """An option with the folder, if this profile reads one."""
        read = self.data and self.profile not in MADE
        return option + shlex.quote(str(self.data)) if read else ""

    @property
    def build(self) -> Path:
        """Everything made for this profile, or for this folder of the user's."""
        return self.root / "build" / self.name

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
        return self.build / "skims" / self.variation / region / f"{sample}.parquet"


def _refuse_unsaid(what: str, said: bool) -> None:
    """Keep a chapter, by an ``InputError``, from reading what would not make its results stale."""
    if not said:
        stated = os.environ[READS] or "nothing"
        msg = f"this chapter reads {what}, but says that it reads {stated}; "
        msg += 'name its regions in the head of the parameters cell: lepsearch={"reads": [...]}'
        raise InputError(msg)
