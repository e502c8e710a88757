"""Numbers with their errors: estimates, significances, limits, scores, histograms, agreement.

Works on arrays, histograms and plain tables, whatever they are of. Imports nothing of the other
packages.
"""
