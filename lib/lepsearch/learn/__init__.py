"""Whatever learns from events: the events, their weights, the models and the experiments.

A model is anything with `fit`, whose result has `scores`; an experiment trains models that differ
in named choices on the same events and measures them. Imports `events`, `stats` and `data`.
"""
