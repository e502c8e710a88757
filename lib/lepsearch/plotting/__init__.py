"""Figures from arrays; each function returns its figure."""
