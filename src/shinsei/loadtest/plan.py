"""What the generator needs to know, whole: it travels to every worker, on whichever machine, as one message."""

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from shinsei.contracts.codec import decode_run, encode_run
from shinsei.domain.run import RunSpec
from shinsei.loadtest.arrivals import Process, RateProfile
from shinsei.loadtest.books import DROPPED
from shinsei.loadtest.order import points_of
from shinsei.loadtest.preset import ApplicantsSection, BulkSection, CallersSection, Preset

LOOKS = 4
"""How often somebody who would reply looks for a correction request, at most."""


class Plan(BaseModel):
    """Targets, runs and load."""

    model_config = ConfigDict(frozen=True)

    run_id: str
    preset: str
    portal: str
    """``host:port``."""
    app_mgmt: str
    secret_file: str
    """Of the pull interface's client; read where the worker is, never sent."""
    cards: str = ""
    """Folder with the citizens' cards, likewise; empty: nobody signs."""
    certificates: str = ""
    """Folder with an identity for each role, likewise; empty: the environment names the one that there is, if any."""
    clock_speed: float
    specs: tuple[str, ...]
    """JSON of each municipality's run."""
    seed: int
    process: Process
    points: tuple[tuple[float, float], ...]
    """(seconds from the start, applications a second)."""
    trace: tuple[float, ...]
    warm_up_s: float
    most_generator_lag_s: float
    most_dropped: float | None = None
    """Arrivals that may find no free slot, by the preset's gate; None: any number."""
    silent_after_s: float
    applicants: ApplicantsSection
    bulk: BulkSection
    clerks: CallersSection
    linkage: CallersSection
    procedures: dict[int, float]
    requests_csv: str = ""
    """Folder for a line about every request; empty: none is written."""
    is_conducted: bool = False
    """Rates come as orders while it runs; ``points`` is not used then."""

    @classmethod
    def of(
        cls,
        preset: Preset,
        specs: Sequence[RunSpec],
        profile: RateProfile,
        *,
        targets: Mapping[str, str],
        requests_csv: str = "",
    ) -> "Plan":
        """The plan of a preset; ``targets`` is what ``Target.for_workers`` says, of which only addresses must be."""
        file = preset.file
        gates = (gate for gate in preset.gates() if gate.metric == DROPPED)
        dropped = [gate.at_most for gate in gates if gate.at_most is not None]
        return cls(
            run_id=specs[0].run_id,
            preset=preset.name,
            portal=targets["portal_sim"],
            app_mgmt=targets["app_mgmt"],
            secret_file=targets.get("secret_file", ""),
            cards=targets.get("cards", ""),
            certificates=targets.get("certificates", ""),
            clock_speed=file.clock_speed,
            specs=tuple(encode_run(spec).decode() for spec in specs),
            seed=file.seed,
            process=file.arrivals.process,
            points=points_of(profile),
            trace=preset.trace(),
            warm_up_s=file.warm_up / 1e3,
            most_generator_lag_s=file.most_generator_lag / 1e3,
            most_dropped=min(dropped, default=None),
            silent_after_s=file.silent_after / 1e3,
            applicants=file.applicants,
            bulk=file.bulk,
            clerks=file.clerks,
            linkage=file.linkage,
            procedures=file.mix,
            requests_csv=requests_csv,
            is_conducted=file.search is not None,
        )

    def run_specs(self) -> list[RunSpec]:
        """The runs, one a municipality."""
        return [decode_run(spec.encode()) for spec in self.specs]
