"""Searches for new physics with leptons at the LHC: the library behind the book."""

from importlib.metadata import version

__version__ = version("lepsearch")
