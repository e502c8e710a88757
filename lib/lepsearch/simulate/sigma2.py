"""Own matrix elements as Pythia 8 classes; import this only where Pythia is there."""

from __future__ import annotations

from lepsearch.simulate.generate import pythia_module
from lepsearch.simulate.signals import DarkHiggsModel

__all__ = ("DarkHiggs",)

pythia8 = pythia_module()
DARK_HIGGS, Z_PRIME = 54, 55  # free places in Pythia's table of dark-matter particles


class DarkHiggs(pythia8.Sigma2Process):  # type: ignore[misc,name-defined]
    """q qbar -> Z'* -> Z' h_D for Pythia, by `DarkHiggsModel.dsigma_dt`.

    Pythia calls the methods below by these names. It keeps no reference to a Python object: who
    registers one must keep it alive as long as the generator.
    """

    def __init__(self, model: DarkHiggsModel) -> None:
        pythia8.Sigma2Process.__init__(self)
        self.model = model
        self.sigma = 0.0

    def name(self) -> str:
        """Title in Pythia's listings."""
        return "q qbar -> Z'* -> Z' h_D"

    def code(self) -> int:
        """A process number that Pythia leaves to users (10000 and up)."""
        return 10001

    def inFlux(self) -> str:
        """A quark and its own antiquark come in."""
        return "qqbarSame"

    def id3Mass(self) -> int:
        """The particle whose mass is drawn for the first outgoing place."""
        return Z_PRIME

    def id4Mass(self) -> int:
        """The particle whose mass is drawn for the second outgoing place."""
        return DARK_HIGGS

    def isSChannel(self) -> bool:
        """There is no t-channel singularity to sample."""
        return True

    def sigmaKin(self) -> None:
        """The part that depends on kinematics only, once a phase-space point."""
        self.sigma = self.model.dsigma_dt(self.sH, self.tH, self.uH, self.s3)

    def sigmaHat(self) -> float:
        """The cross section of the flavours at hand: the coupling is the same for all."""
        return self.sigma

    def setIdColAcol(self) -> None:
        """Outgoing particles, and the colour line from quark to antiquark."""
        self.setId(self.id1, self.id2, Z_PRIME, DARK_HIGGS)
        line = (1, 0, 0, 1) if self.id1 > 0 else (0, 1, 1, 0)
        self.setColAcol(*line, 0, 0, 0, 0)
