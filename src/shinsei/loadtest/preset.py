"""A preset: what is asked, at which rates over time, of which offices, and what must come out.

Presets are TOML beside the locustfile. They are read as strictly as scenarios: whatever is wrong is one line.
"""

import re
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from math import isfinite
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, ValidationError, field_serializer, model_validator

from shinsei.domain.catalogue import procedure
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.simtime import SECOND_MS, SimTime
from shinsei.loadtest.arrivals import Process, RatePoint, RateProfile
from shinsei.loadtest.by_catalogue import by_catalogue
from shinsei.loadtest.gates import Gate
from shinsei.loadtest.search_section import Asks, SearchSection
from shinsei.scenario.problems import did_you_mean, translated
from shinsei.scenario.quantities import (
    Amount,
    DurationMs,
    Method,
    Moment,
    PositiveAmount,
    PositiveDurationMs,
    ProcedureNumber,
    Section,
    Share,
)

SHIPPED = (Path(__file__).resolve().parents[3] / "loadtest" / "presets", Path("loadtest") / "presets")
"""Where shipped presets are: the source tree, or the folder in which the command runs."""
_PREFECTURAL_FROM = 28
_METRIC = re.compile(
    r"offered|accepted|accepted_not_kept|kept_unexplained|completed|completed_not_kept|completed_unseen|dropped|refused|failed|calls_failed|unexplained|later_dropped|callers_dropped|feed_unreadable|refused_share|completed_share|open_at_the_end|unaccounted|dead_lettered|drained_s"
    r"|generator_(lag_s_p99|memory_mib|memory_growth_mib)|(max|least)_sustained_per_s|max_confirmed_per_s|lower_bounds|max_sustained\.[A-Z_]+\.(per_working_day|over_planned)"
    r"|counts_by_(method\.[A-Z_]+|procedure\.[a-z_]+)\.(offered|accepted|completed|dropped|refused|failed)"
    r"|latency_s(_by_method\.[A-Z_]+|_by_procedure\.[a-z_]+)?\.(accepted|stored|registered|visible)\.(p50|p90|p99|p999|max|mean|count)"
)
"""Figures of a summary on which a gate may be set."""
_OF_GROUP = re.compile(r"(?:max_sustained|\w+_by_method|\w+_by_procedure)\.(\w+)\..+")
"""Those about one method or procedure."""


class Offices(StrEnum):
    """What stands behind the portal."""

    UNLIMITED = "unlimited"
    """Offices without queues: figures are about the infrastructure."""
    STAFFED = "staffed"
    """Offices with people, hours and windows: figures are about the office too."""


class Point(Section):
    """The rate at a moment; between two it changes evenly."""

    at: DurationMs
    per_s: Amount


class ArrivalsSection(Section):
    """When applications come."""

    process: Process = Process.POISSON
    rate: tuple[Point, ...] = Field(min_length=1)
    trace: str = ""
    """File with one moment a line, in seconds from the start, beside the preset."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.process is Process.TRACE) != bool(self.trace):
            message = 'process = "trace" and trace go together'
            raise ValueError(message)
        try:
            profile = self.profile()
        except InvalidInputError as error:
            raise ValueError(error.problem) from None
        if not profile.duration_s or not (profile.expected or self.trace):
            message = "rate asks for nothing: its last point must lie behind 0 s, and one of them above 0"
            raise ValueError(message)
        return self

    def profile(self) -> RateProfile:
        """Applications a second over time."""
        return RateProfile(points=tuple(RatePoint(at_s=point.at / SECOND_MS, per_s=point.per_s) for point in self.rate))


Limit = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Slots = Annotated[int, Field(strict=True, ge=1, le=5_000)]
"""How many may be under way at once, all workers together."""


class ApplicantsSection(Section):
    """People who file one application and come back to it."""

    share: Share = 1.0
    """Of all applications, those that come one by one."""
    slots: Slots = 400
    think: DurationMs = 2_000
    """Real time between an answer and the next thing that the same person does, on average."""
    p_poll: Share = 0.0
    """Who asks for the status afterwards."""
    p_watch: Share = 0.0
    """Who keeps a status stream open until registration."""
    p_withdraw: Share = 0.0
    """Who withdraws afterwards."""
    p_correct: Share = 0.0
    """Who looks for a correction request and replies to it."""
    p_attachment: Share = 0.0
    """Who sends the bytes of one attachment, of a procedure that usually has some; the catalogue varies it."""
    attachment_kb: PositiveAmount = 1_200.0
    """Mean size of such an attachment; the catalogue varies it too."""

    def thinks_s(self, share: float) -> float:
        """How long somebody takes between an answer and the next thing, in real seconds.

        Args:
            share: of all people, those who are quicker. All take from half of the mean to half more [A].
        """
        return self.think / 1e3 * (0.5 + share)

    @field_serializer("think")
    def _written(self, think: int) -> str:
        """As it is read again."""
        return f"{think} ms"


class BulkSection(Section):
    """Filers who hand in many applications in one call: a call centre, an employer, a portal's own batch."""

    share: Share = 0.0
    batch: Annotated[int, Field(strict=True, ge=1, le=1_000)] = 50
    slots: Slots = 32


class CallersSection(Section):
    """Callers beside the applications."""

    per_s: Amount = 0.0
    """Calls a second while applications come."""
    slots: Slots = 16


class GateSection(Section):
    """A limit on one figure of the summary."""

    metric: str
    """Dotted path in ``summary.json``."""
    at_most: Limit | None = None
    at_least: Limit | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.at_most is None and self.at_least is None:
            message = "a gate needs at_most or at_least"
            raise ValueError(message)
        if not _METRIC.fullmatch(self.metric):
            message = f"{self.metric!r} is no figure of a summary that can be a gate"
            raise ValueError(message)
        return self

    def gate(self) -> Gate:
        """The limit."""
        return Gate(metric=self.metric, at_most=self.at_most, at_least=self.at_least)


class PresetFile(Section):
    """A preset as it is written."""

    schema_: Annotated[int, Field(strict=True, ge=1, le=1, alias="schema")]
    title: str
    question: str
    """What it answers."""
    not_said: str
    """What it does not."""
    offices: Offices
    scenario: str
    """The offices: a file beside the presets' folder, the name of a shipped scenario, or a path."""
    overrides: tuple[str, ...] = ()
    """``key=value`` over the scenario."""
    clock_speed: PositiveAmount
    """Simulated over real seconds."""
    sim_start: Moment
    """Simulated moment at which the run starts."""
    methods: tuple[Method, ...] = Field(min_length=1)
    municipalities: Annotated[int, Field(strict=True, ge=1, le=400)] = 1
    """For each method."""
    reference: str
    """Scenario of whose busiest hour the rates are told as a multiple."""
    seed: int = 1
    warm_up: DurationMs = 0
    """From the start, not in the latencies."""
    most_generator_lag: PositiveDurationMs = 50
    """By which dispatchers may be late (p99); behind that the generator is the bottleneck and the test has failed."""
    drain: DurationMs = 30_000
    """Real time at most that the last cases get to be registered."""
    gone_after: PositiveDurationMs = 20_000
    """Real time in which calls fail and none is answered, behind which the target counts as gone."""
    silent_after: PositiveDurationMs = 20_000
    """Real time without a word of a worker of the generator, which speaks every second, behind which it is lost."""
    arrivals: ArrivalsSection
    applicants: ApplicantsSection = ApplicantsSection()
    bulk: BulkSection = BulkSection()
    clerks: CallersSection = CallersSection()
    linkage: CallersSection = CallersSection()
    procedures: dict[ProcedureNumber, PositiveAmount] = Field(default_factory=dict, min_length=1)
    """Share of each procedure, by weight; as the catalogue has it in the month of ``sim_start`` where none is named."""
    search: SearchSection | None = None
    gates: tuple[GateSection, ...] = ()

    @property
    def mix(self) -> dict[int, float]:
        """Procedures by weight."""
        return dict(self.procedures) or by_catalogue(SimTime(self.sim_start))

    @model_validator(mode="after")
    def _check(self) -> Self:
        if abs(self.applicants.share + self.bulk.share - 1) > 1e-9:  # noqa: PLR2004 - decimal shares
            message = "applicants.share and bulk.share must be 1 together"
            raise ValueError(message)
        if self.arrivals.trace and self.applicants.share != 1:
            message = "a trace has the moments of applicants: applicants.share must be 1"
            raise ValueError(message)
        if len(set(self.methods)) != len(self.methods):
            message = "methods names a method twice"
            raise ValueError(message)
        prefectural = [number for number in self.procedures if number >= _PREFECTURAL_FROM]
        if prefectural:
            message = f"{procedure(prefectural[0]).key!r} belongs to a prefecture; municipalities refuse it"
            raise ValueError(message)
        if self.search is not None:
            self._check_search(self.search)
        elif self.warm_up >= self.arrivals.rate[-1].at:
            message = "warm_up must end before the rate does, or nothing is timed"
            raise ValueError(message)
        self._check_gates()
        return self

    def _check_gates(self) -> None:
        """A gate on what this preset does not have would only be missed in the end."""
        groups = [*map(str, self.methods), *(procedure(number).key for number in self.mix)]
        for gate in self.gates:
            named = _OF_GROUP.fullmatch(gate.metric)
            if named is not None and named[1] not in groups:
                hint = did_you_mean(named[1], groups)
                message = f"gates: {gate.metric!r} is of a method or procedure that this preset does not have; {hint}"
                raise ValueError(message)

    def _check_search(self, search: SearchSection) -> None:
        try:
            search.spec()
        except InvalidInputError as error:
            raise ValueError(str(error)) from None
        if search.asks is Asks.INFRASTRUCTURE and self.arrivals.process is not Process.UNIFORM:
            message = 'a search of the infrastructure needs process = "uniform": its steps are too short for chance'
            raise ValueError(message)
        if (search.asks is Asks.OFFICE) != (self.offices is Offices.STAFFED):
            message = f"search.asks = {str(search.asks)!r} does not go with offices = {str(self.offices)!r}"
            raise ValueError(message)
        if search.asks is Asks.OFFICE and self.municipalities < search.most_steps:
            message = "each step of a search takes fresh offices: municipalities must be search.most_steps at least"
            raise ValueError(message)


class Preset:
    """A validated preset with the text it was read from."""

    def __init__(self, path: Path, text: str, file: PresetFile, *, time_share: float = 1.0) -> None:
        self.name = path.stem
        self.path = path
        self.text = text
        self.file = file
        self.time_share = time_share
        """Of the time that the preset takes as it is written."""

    def profile(self, peak_per_s: float | None = None) -> RateProfile:
        """Applications a second over time; with another peak, the same shape at that height.

        Raises:
            InvalidInputError: a peak that is no rate, or of a preset that searches or whose moments are traced.
        """
        profile = self.file.arrivals.profile()
        if peak_per_s is None:
            return profile
        if self.file.search is not None:
            raise InvalidInputError("--rate", f"preset {self.name} searches, and decides on rates itself")
        if self.file.arrivals.trace:
            raise InvalidInputError("--rate", f"the moments of preset {self.name} are traced")
        if not 0 < peak_per_s < float("inf"):
            raise InvalidInputError("--rate", f"{peak_per_s:g} is no rate above 0")
        if not profile.peak_per_s:
            raise InvalidInputError("--rate", f"preset {self.name} asks for nothing that could be scaled")
        return profile.scaled(peak_per_s / profile.peak_per_s)

    def gates(self) -> list[Gate]:
        """What must come out."""
        return [section.gate() for section in self.file.gates]

    def trace(self) -> tuple[float, ...]:
        """Moments of traced arrivals in seconds; empty for the other processes.

        Raises:
            InvalidInputError: the file is not there, or has something else in it than rising numbers of that time.
        """
        if not self.file.arrivals.trace:
            return ()
        file = self.path.parent / self.file.arrivals.trace
        try:
            moments = tuple(float(line) for line in file.read_text(encoding="utf-8").split())
        except (OSError, ValueError) as error:
            raise InvalidInputError(str(file), f"is no list of seconds ({error})") from None
        is_rising = list(moments) == sorted(moments) and all(map(isfinite, moments))
        if not moments or not is_rising or not 0 <= moments[0] <= self.profile().duration_s:
            raise InvalidInputError(str(file), "must have rising seconds from the start, the first before rate ends")
        return moments


def shipped_presets() -> Mapping[str, Path]:
    """The presets that come with Shinsei, by name."""
    return {file.stem: file for folder in reversed(SHIPPED) for file in sorted(folder.glob("*.toml"))}


def load_preset(name: str) -> Preset:
    """The preset in a file, or shipped under this name.

    Raises:
        InvalidInputError: there is none, or it is wrong; the text names file, key path and problem.
    """
    path = Path(name)
    if not path.is_file():
        shipped = shipped_presets()
        if name not in shipped:
            hint = did_you_mean(name, tuple(shipped)).replace("known keys", "shipped presets")
            raise InvalidInputError("preset", f"there is no {name!r}, {hint}" if shipped else f"there is no {name!r}")
        path = shipped[name]
    try:
        text = path.read_text(encoding="utf-8")
        preset = Preset(path, text, PresetFile.model_validate(tomllib.loads(text)))
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError(str(path), f"cannot be read ({error})") from None
    except tomllib.TOMLDecodeError as error:
        raise InvalidInputError(str(path), f"is not TOML: {error}") from None
    except ValidationError as error:
        raise translated(str(path), PresetFile, error) from None
    preset.trace()  # a wrong one is told before anything is opened
    return preset
