"""Cross sections without events: Pythia's hard process alone."""

from __future__ import annotations

from collections.abc import Mapping

from lepsearch.simulate.processes import find_process
from lepsearch.simulate.umeps import event_source

__all__ = ("HARD_ONLY", "cross_section")

# neither showers nor hadrons are needed when only the cross section counts
HARD_ONLY = ("PartonLevel:all = off", "HadronLevel:all = off", "Check:event = off")


def cross_section(
    process: str,
    parameters: Mapping[str, str | float] | None = None,
    *,
    events: int = 2000,
    seed: int = 1,
) -> tuple[float, float]:
    """What Pythia's phase-space integration gives for a process.

    It contains what the process's ``cross_section_note`` says. 2000 events take about a second and
    leave an error of one or two percent.

    Args:
        process: Name of the process.
        parameters: What a signal model needs.
        events: How many points to accept; the error falls with their root.
        seed: Seed of the random numbers.

    Returns:
        The cross section and its statistical error [pb].

    Raises:
        InputError: An unknown process, wrong parameters, or no Pythia.
    """
    generator = event_source(find_process(process, parameters), seed, HARD_ONLY)
    for _ in generator.batches(events):
        pass
    return generator.cross_section_pb
