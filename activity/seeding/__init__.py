"""Invented organizations and their activity, for demos, trials and benchmarks.

`people`, `timeline` and `arrivals` are pure: the same random seed gives the same people and
events. `planting` stores what they make.
"""
