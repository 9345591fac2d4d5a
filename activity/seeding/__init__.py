"""Generate organizations and activity for demos, tests and benchmarks.

`people`, `timeline` and `arrivals` are pure: the same random seed gives the same people and events.
`planting` stores them.
"""
