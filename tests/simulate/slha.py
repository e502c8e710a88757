"""A wino-like chargino and neutralino for Pythia's own supersymmetry, everything else heavy."""

HEAVY = [
    25 + 10, 36, 37, *(1000000 + i for i in range(1, 7)), *(2000000 + i for i in range(1, 7)),
    *(1000000 + i for i in range(11, 17)), 2000011, 2000013, 2000015, 1000021, 1000025, 1000035,
    1000037,
]  # fmt: skip
HALF = 0.70710678
MIXING = {
    "NMIX": [(1, 1, 1), (2, 2, 1), (3, 3, HALF), (3, 4, -HALF), (4, 3, HALF), (4, 4, HALF)],
    "UMIX": [(1, 1, 1), (2, 2, 1)],
    "VMIX": [(1, 1, 1), (2, 2, 1)],
}


def winos(mass: float, lightest: float) -> str:
    """The spectrum as text in the SUSY Les Houches format (hep-ph/0311123)."""
    lines = ["BLOCK MODSEL", " 1 0", "BLOCK MASS", " 24 80.379", " 25 125.0"]
    lines += [f" {one} 10000." for one in HEAVY]
    lines += [f" 1000022 {lightest}", f" 1000023 {mass}", f" 1000024 {mass}"]
    for block, entries in MIXING.items():
        lines += [f"BLOCK {block}", *(f" {i} {j} {value}" for i, j, value in entries)]
    lines += ["BLOCK ALPHA", " -0.1", "BLOCK HMIX", " 1 1000.", " 2 10."]
    lines += ["DECAY 1000022 0.0", "DECAY 1000023 0.02", " 1.0 2 1000022 23"]
    return "\n".join([*lines, "DECAY 1000024 0.02", " 1.0 2 1000022 24", ""])
