"""What the core systems count."""

from collections import defaultdict
from collections.abc import Iterable

from shinsei.domain.linkage_method import LinkageMethod
from shinsei.runtime import observability
from shinsei.runtime.levels import observe_handed_over

CASES = observability.counter("shinsei_core_systems_cases_total", "Cases opened in an office.", ("linkage_method",))
REGISTRATIONS = observability.counter(
    "shinsei_core_systems_registrations_total",
    "Cases registered, by core system and the route on which it happened.",
    ("core_system", "linkage_method"),
)
COMPLETED = observability.counter(
    "shinsei_core_systems_completed_total",
    "Cases registered, by the route on which it happened and prefecture.",
    ("linkage_method", "prefecture"),
)
TRANSITIONS = observability.counter(
    "shinsei_core_systems_transitions_total", "What offices did, by action.", ("action",)
)
_BY_STATE = ("state", "linkage_method")
CLERKS = observability.gauge(
    "shinsei_core_systems_clerks", "Clerks in the open offices, by the method that the office is called by.", _BY_STATE
)
ROBOTS = observability.gauge(
    "shinsei_core_systems_robots", "Robots in the open offices, by the method that the office is called by.", _BY_STATE
)
ROBOTLESS = observability.gauge(
    "shinsei_core_systems_cases_without_robots", "Cases on the robots' route in offices where no robot can work."
)
SEATS = observability.gauge(
    "shinsei_core_systems_login_seats",
    "Login seats of the open offices, by the method that the office is called by.",
    _BY_STATE,
)
WINDOW_FILL = observability.gauge(
    "shinsei_core_systems_batch_window_fill_ratio", "Records of the last import file as a share of its cap, at most."
)
PUT_OFF = observability.gauge(
    "shinsei_core_systems_batch_cases_put_off",
    "Cases that missed the last batch window of their office because something else had it.",
)
CORE_MISSED = observability.gauge(
    "shinsei_core_systems_offices_offline",
    "Open offices whose core systems are off line at a time at which they are usually there.",
)
PAPER = observability.gauge("shinsei_core_systems_paper_waiting", "Paper cases arrived and not yet registered.")
STEPS = observability.counter("shinsei_core_systems_steps_total", "Steps of offices committed.")
OPEN_OFFICES = observability.gauge("shinsei_core_systems_open_offices", "Offices in memory.")
REBUILT = observability.counter("shinsei_core_systems_offices_rebuilt_total", "Offices rebuilt from their journals.")
DEAD_LETTERS = observability.counter("shinsei_core_systems_dead_letters_total", "Messages that could not be used.")
IGNORED = observability.counter("shinsei_core_systems_ignored_total", "Messages without an effect.", ("reason",))


def observe_opened(cases: Iterable[tuple[LinkageMethod, int]]) -> None:
    """Cases were opened in an office to which application management had given them at these moments."""
    sent_ms: defaultdict[LinkageMethod, list[int]] = defaultdict(list)
    for method, moment_ms in cases:
        sent_ms[method].append(moment_ms)
    for method, moments in sent_ms.items():
        observe_handed_over("open", method, moments)
