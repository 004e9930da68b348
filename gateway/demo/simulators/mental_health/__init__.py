"""GGZ De Linde: a FHIR R4 server in a process of its own, behind a bearer token.

`python -m gateway.demo.simulators.mental_health` is the program; `start` runs it and waits until it answers.
"""

from gateway.demo.simulators.mental_health.running import MentalHealth, start

__all__ = ["MentalHealth", "start"]
