"""Figures from arrays and plain tables; each function draws one and returns it.

Knows no files and no physics objects. Imports `stats` alone.
"""
