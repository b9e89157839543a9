"""What the core systems count."""

from shinsei.runtime import observability

CASES = observability.counter("shinsei_core_systems_cases_total", "Cases opened in an office.", ("linkage_method",))
REGISTRATIONS = observability.counter(
    "shinsei_core_systems_registrations_total",
    "Cases registered, by core system and the route on which it happened.",
    ("core_system", "linkage_method"),
)
TRANSITIONS = observability.counter(
    "shinsei_core_systems_transitions_total", "What offices did, by action.", ("action",)
)
STEPS = observability.counter("shinsei_core_systems_steps_total", "Steps of offices committed.")
OPEN_OFFICES = observability.gauge("shinsei_core_systems_open_offices", "Offices in memory.")
REBUILT = observability.counter("shinsei_core_systems_offices_rebuilt_total", "Offices rebuilt from their journals.")
DEAD_LETTERS = observability.counter("shinsei_core_systems_dead_letters_total", "Messages that could not be used.")
IGNORED = observability.counter("shinsei_core_systems_ignored_total", "Messages without an effect.", ("reason",))
