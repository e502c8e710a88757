"""What Pythia 8 asks of us, as its classes: matrix elements.

Import this only where Pythia is there.

Pythia calls the methods by their names. It keeps no reference to a Python object: who registers one
must keep it alive as long as the generator. Its cross section of an own process knows nothing of
what the outgoing particles decay to, so the classes multiply by a share where not all decays are
made. Decays are isotropic, except those of the top and of the Z' beside a dark Higgs boson.
"""

from typing import Any

from lepsearch.constants import MUON, W_BOSON
from lepsearch.simulate.matrix_elements import CKM2, top_and_w
from lepsearch.simulate.mono_zprime import (
    DARK_HIGGS,
    DARK_MATTER,
    HEAVY_DARK,
    Z_PRIME,
    DarkHiggsModel,
    InelasticModel,
)
from lepsearch.simulate.process import BOTTOM, GLUON, TOP
from lepsearch.simulate.pythia import pythia_module
from lepsearch.simulate.three_leptons import NEUTRINO, HeavyNeutrino, WeakTriplet

__all__ = ("DarkFermions", "DarkHiggs", "NeutrinoAndLepton", "TopAndW", "TripletPair")

pythia8 = pythia_module()
FIRST_OUT = 5  # in Pythia's hard process, after the system, the beams and the partons in
CHARGED = "ffbarChg"  # quarks that meet in a W
MIXING = CKM2 | {(down, up): value for (up, down), value in CKM2.items()}


class QuarkAnnihilation(pythia8.Sigma2Process):  # type: ignore[misc,name-defined]
    """A quark and an antiquark become two particles without colour, through the s channel.

    The model has masses, couplings and matrix element; the share is what is multiplied to the cross
    section for the decays that are made.
    """

    title = ""  # for Pythia's listings
    number = 10000  # a process number that Pythia leaves to users (10000 and up)
    flux = "qqbarSame"  # which quarks: this through a neutral boson, `CHARGED` through a W
    first = 0  # the first particle that comes out; of a W+ if charged
    second = 0  # the second one

    def __init__(self, model: Any = None, share: float = 1.0) -> None:
        pythia8.Sigma2Process.__init__(self)
        self.model, self.share, self.sigma = model, share, 0.0

    def name(self) -> str:
        """Title in Pythia's listings."""
        return self.title

    def code(self) -> int:
        """Number in Pythia's listings."""
        return self.number

    def inFlux(self) -> str:
        """What comes in."""
        return self.flux

    def id3Mass(self) -> int:
        """The particle whose mass is drawn for the first outgoing place."""
        return abs(self.first)

    def id4Mass(self) -> int:
        """The particle whose mass is drawn for the second outgoing place."""
        return abs(self.second)

    def isSChannel(self) -> bool:
        """There is no t-channel singularity to sample."""
        return True

    def sigmaHat(self) -> float:
        """The cross section of the flavours at hand: without a W it is the same for all."""
        return self.sigma * (self.mixing() if self.flux == CHARGED else 1.0) * self.share

    def w_charge(self) -> int:
        """1 for a W+ (its up-type quark is no antiquark), -1 for a W-."""
        return 1 if (self.id1 if self.id1 % 2 == 0 else self.id2) > 0 else -1

    def mixing(self) -> float:
        """|V_CKM|^2 of the incoming quarks; 0 for leptons, which Pythia offers too."""
        return MIXING.get((abs(self.id1), abs(self.id2)), 0.0)

    def setIdColAcol(self) -> None:
        """Outgoing particles, and the colour line from quark to antiquark."""
        self.setId(self.id1, self.id2, *self.outgoing())
        line = (1, 0, 0, 1) if self.id1 > 0 else (0, 1, 1, 0)
        self.setColAcol(*line, 0, 0, 0, 0)

    def outgoing(self) -> tuple[int, int]:
        """The two particles that come out; through a W the first one has its charge."""
        return self.first * (self.w_charge() if self.flux == CHARGED else 1), self.second


class DarkHiggs(QuarkAnnihilation):
    """q qbar -> Z'* -> Z' h_D by `DarkHiggsModel.dsigma_dt`."""

    title, number, first, second = "q qbar -> Z'* -> Z' h_D", 10001, Z_PRIME, DARK_HIGGS

    model: DarkHiggsModel

    def sigmaKin(self) -> None:
        """The part that depends on kinematics only, once a phase-space point."""
        self.sigma = self.model.dsigma_dt(self.sH, self.tH, self.uH, self.s3)

    def weightDecay(self, process: Any, first: int, last: int) -> float:
        """The angles of the Z' to two leptons, for vector couplings of quarks and leptons.

        With momenta q of the quarks and l of the leptons the square of the amplitude goes as
        (q l)(qbar lbar) + (q lbar)(qbar l), which is at most (q l + q lbar)(qbar l + qbar lbar).
        """
        if (first, last) != (FIRST_OUT, FIRST_OUT + 1):
            return 1.0  # the decay of the dark Higgs boson, without spin
        zprime = process[FIRST_OUT]
        leptons = (process[zprime.daughter1()].p(), process[zprime.daughter2()].p())
        quarks = (process[FIRST_OUT - 2].p(), process[FIRST_OUT - 1].p())
        (a, b), (c, d) = ([quark * lepton for lepton in leptons] for quark in quarks)
        return float((a * d + b * c) / ((a + b) * (c + d)))


class DarkFermions(QuarkAnnihilation):
    """q qbar -> chi2 chi1, through a Z' or a contact term, by `InelasticModel.dsigma_dt`."""

    title, number, first, second = "q qbar -> chi2 chi1", 10002, HEAVY_DARK, -DARK_MATTER

    model: InelasticModel

    def sigmaKin(self) -> None:
        """The part that depends on kinematics only, once a phase-space point."""
        self.sigma = self.model.dsigma_dt(self.sH, self.tH, self.uH)


class NeutrinoAndLepton(QuarkAnnihilation):
    """q qbar' -> W* -> mu N by `HeavyNeutrino.dsigma_dt`."""

    title, number, flux = "q qbar' -> W* -> mu N", 10003, CHARGED
    first, second = -MUON, NEUTRINO
    model: HeavyNeutrino
    sigmas = (0.0, 0.0)

    def sigmaKin(self) -> None:
        """Both possible angles, once a phase-space point."""
        self.sigmas = (
            self.model.dsigma_dt(self.sH, self.tH, self.s3, self.s4),
            self.model.dsigma_dt(self.sH, self.uH, self.s3, self.s4),
        )

    def sigmaHat(self) -> float:
        """The cross section of the flavours at hand.

        For W+ the mu+ is the antifermion, so its angle to the quark counts; for W- the mu- is the
        fermion, whose angle to the antiquark counts. Place 3 is the muon's.
        """
        mixing = self.mixing()
        if not mixing:
            return 0.0
        close = (self.id1 > 0) == (self.w_charge() > 0)
        return self.sigmas[0 if close else 1] * mixing * self.share


class TripletPair(QuarkAnnihilation):
    """q qbar' -> W* -> X+- X0 by `WeakTriplet.dsigma_dt`."""

    title, number, flux = "q qbar' -> W* -> X+- X0", 10004, CHARGED

    def __init__(self, model: WeakTriplet, charged: int, neutral: int, share: float = 1.0) -> None:
        super().__init__(model, share)
        self.first, self.second = charged, neutral

    def sigmaKin(self) -> None:
        """The part that depends on kinematics only, once a phase-space point."""
        self.sigma = self.model.dsigma_dt(self.sH, self.tH, self.uH, self.s3, self.s4)


class TopAndW(QuarkAnnihilation):
    """g b -> t W- and its antiparticles, by `matrix_elements.top_and_w`."""

    title, number, first, second = "g b -> t W", 10005, TOP, W_BOSON
    sigmas = (0.0, 0.0)

    def initFlux(self) -> bool:
        """A gluon and a b come in; "qg" would take all quarks, and thrice as long."""
        for bottom in (BOTTOM, -BOTTOM):
            for one, other in ((GLUON, bottom), (bottom, GLUON)):
                self.addPair(one, other)
                self.addBeamA(one)
                self.addBeamB(other)
        return True

    def isSChannel(self) -> bool:
        """The top is exchanged too."""
        return False

    def sigmaKin(self) -> None:
        """For the b as the first and as the second of the incoming partons; place 4 is the W's."""
        self.sigmas = (
            top_and_w(self.sH, self.uH, self.s3, self.s4, self.alpS),
            top_and_w(self.sH, self.tH, self.s3, self.s4, self.alpS),
        )

    def sigmaHat(self) -> float:
        """The cross section of the pair at hand."""
        return self.sigmas[0 if abs(self.id1) == BOTTOM else 1]

    def setIdColAcol(self) -> None:
        """The gluon's colour goes on to the top, its anticolour meets the b's colour."""
        bottom_first = abs(self.id1) == BOTTOM
        sign = 1 if (self.id1 if bottom_first else self.id2) > 0 else -1
        self.setId(self.id1, self.id2, TOP * sign, -W_BOSON * sign)
        line = (1, 0, 2, 1) if bottom_first else (2, 1, 1, 0)
        self.setColAcol(*line, 2, 0, 0, 0)
        if sign < 0:
            self.swapColAcol()

    def weightDecay(self, process: Any, first: int, last: int) -> float:
        """The V - A angles of the top's decay; that of the W beside it is isotropic."""
        mother = process[process[first].mother1()].idAbs()
        return float(self.weightTopDecay(process, first, last)) if mother == TOP else 1.0
