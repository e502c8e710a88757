"""Events made on the spot: Pythia 8 and a parametrised detector response, as ROOT ntuples.

Processes and their matrix elements, the generator, what the detector makes of its particles, and
the files. Imports `data` for what is wanted, and knows nothing of how events are analysed.
"""
