"""What exists: releases, samples, cross sections, files, and values quoted from the theses.

The manifest and the tables beside it, folders of a user's own files, and the downloads. It knows
names, places and numbers of samples, and nothing of what is inside an event. Imports nothing of the
other packages.
"""
