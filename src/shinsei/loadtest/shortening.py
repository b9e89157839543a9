"""The same preset in less time, for a look at all of them: what it says is then coarser, and its configuration another.

Of offices without queues less is seen at the same rates. Offices with people live through the same simulated days by a
faster clock, with as many more applications a real second; what they are to wait for at least shrinks with it.
"""

from shinsei.domain.errors import InvalidInputError
from shinsei.loadtest.preset import ArrivalsSection, GateSection, Offices, Preset
from shinsei.loadtest.search_section import SearchSection

_LATENCIES = ("latency_s.", "latency_s_by_")


def shortened(preset: Preset, share: float) -> Preset:
    """The preset in this share of its time.

    Raises:
        InvalidInputError: no share, or a preset whose moments are traced.
    """
    if not 0 < share <= 1:
        raise InvalidInputError("--shorten", f"{share:g} is no share above 0 and up to 1")
    if share == 1:
        return preset
    file = preset.file
    if file.arrivals.trace:
        raise InvalidInputError("--shorten", f"the moments of preset {preset.name} are traced")
    faster = share if file.offices is Offices.STAFFED else 1.0
    changed = {
        "clock_speed": file.clock_speed / faster,
        "drain": round(file.drain * faster),
        "warm_up": round(file.warm_up * share),
        "arrivals": _arrivals(file.arrivals, share, faster),
        "search": None if file.search is None else _search(file.search, share, faster),
        "gates": tuple(_gate(one, faster) for one in file.gates),
    }
    text = f"# In {share:g} of its time.\n{preset.text}"
    return Preset(preset.path, text, file.model_copy(update=changed), time_share=share)


def _arrivals(section: ArrivalsSection, share: float, faster: float) -> ArrivalsSection:
    rate = tuple(
        point.model_copy(update={"at": round(point.at * share), "per_s": point.per_s / faster})
        for point in section.rate
    )
    return section.model_copy(update={"rate": rate})


def _search(section: SearchSection, share: float, faster: float) -> SearchSection:
    """A search apart gets less time; one for offices the same steps by the faster clock."""
    spans = {name: max(round(getattr(section, name) * faster), 1) for name in ("settle", "hold", "recover")}
    limits = {name: max(round(getattr(section, name) * faster), 1) for name in ("most_ageing", "most_p99")}
    times = {name: round(getattr(section, name) * share) for name in ("within", "rehearsal") if getattr(section, name)}
    return section.model_copy(update={**spans, **limits, **times, "first_per_s": section.first_per_s / faster})


def _gate(gate: GateSection, faster: float) -> GateSection:
    if gate.at_least is None or not gate.metric.startswith(_LATENCIES):
        return gate
    return gate.model_copy(update={"at_least": gate.at_least * faster})
