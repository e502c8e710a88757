"""Events made on the spot: Pythia 8 and a parametrised detector response."""
