"""What a worker process has at hand: the plan, connections, prepared applications, a token."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

import gevent

from loadtest.calls import channels, unary
from loadtest.wall import now_s
from shinsei.api.app_mgmt.v1.app_mgmt_pb2_grpc import InquiryServiceStub
from shinsei.api.application.v1 import application_pb2 as pb
from shinsei.api.portal.v1 import portal_pb2 as portal
from shinsei.api.portal.v1.portal_pb2_grpc import PortalServiceStub, PullServiceStub
from shinsei.domain.draws import draw
from shinsei.domain.run import DeclaredAttachment, RunSpec
from shinsei.loadtest.attachments import Attachments
from shinsei.loadtest.bodies import Bodies
from shinsei.loadtest.dispatching import Arrival
from shinsei.loadtest.grouping import Groups
from shinsei.loadtest.plan import Plan
from shinsei.loadtest.target import Mix
from shinsei.runtime.citizens import open_cards
from shinsei.runtime.identity import introduce

_CLIENT_ID = "linkage_server"
_TOKEN_MARGIN_S = 60.0
_GOLDEN = 0.6180339887498949


class Worker:
    """One process of the generator."""

    def __init__(self) -> None:
        self.index = 0
        """Among the workers, from 0."""
        self.order = 0
        """Number of the order under which arrivals come now: part of what makes their names unique."""
        self._plan: Plan | None = None
        self._bodies: list[Bodies] = []
        self._portals: list[PortalServiceStub] = []
        self._inquiries: list[InquiryServiceStub] = []
        self._pulls: list[PullServiceStub] = []
        self._upto: list[tuple[float, int]] = []
        self._turn = 0
        self._token = ""
        self._token_until_s = 0.0
        self._attachments: Attachments | None = None

    @property
    def is_ready(self) -> bool:
        """Whether it has been told what the test is about."""
        return self._plan is not None

    @property
    def plan(self) -> Plan:
        """What is asked."""
        assert self._plan is not None, "a worker gets its plan before its users"
        return self._plan

    def take(self, plan: Plan, index: int) -> None:
        """Makes everything ready."""
        self.index = index
        if self._plan == plan:
            return
        mix, cards = Mix(plan.procedures), open_cards(Path(plan.cards) if plan.cards else None)
        self._bodies = []
        for spec in plan.run_specs():
            gevent.sleep(0)  # the master must hear from this process while it prepares
            self._bodies.append(Bodies(spec, mix, cards))
        introduce((plan.portal, plan.app_mgmt), Path(plan.certificates) if plan.certificates else None)
        portals = channels(plan.portal, "portal_sim", role="applicant")
        self._portals = [PortalServiceStub(channel) for channel in portals]
        # Clerks and linkage servers are other people than applicants, where there is a choice.
        pulls = channels(plan.portal, "portal_sim", role="linkage_server") if plan.certificates else portals
        self._pulls = [PullServiceStub(channel) for channel in pulls]
        inquiries = channels(plan.app_mgmt, "app_mgmt", role="core_systems")
        self._inquiries = [InquiryServiceStub(channel) for channel in inquiries]
        wish = plan.applicants
        self._attachments = Attachments(plan.seed, wish.p_attachment, wish.attachment_kb)
        self._plan = plan

    def address(self, weights: Sequence[Sequence[Any]]) -> None:
        """Applications go to these municipalities from now on, by weight; to all evenly where there are none."""
        places = {bodies.spec.municipality: place for place, bodies in enumerate(self._bodies)}
        total = sum(weight for _, weight in weights)
        sums = accumulate(weight / total for _, weight in weights)
        self._upto = [(upto, places[code]) for upto, (code, _) in zip(sums, weights, strict=True)]
        if self._upto:
            self._upto[-1] = (1.0, self._upto[-1][1])

    @property
    def portal(self) -> PortalServiceStub:
        """The portal for applicants; connections take turns."""
        self._turn += 1
        return self._portals[self._turn % len(self._portals)]

    @property
    def pull(self) -> PullServiceStub:
        """The portal's pull interface."""
        self._turn += 1
        return self._pulls[self._turn % len(self._pulls)]

    @property
    def inquiry(self) -> InquiryServiceStub:
        """The inquiry screen."""
        self._turn += 1
        return self._inquiries[self._turn % len(self._inquiries)]

    def subject(self, arrival: Arrival) -> str:
        """Name of an arrival: unique in the run, and the same whenever the run is repeated."""
        return f"{self.index:x}.{self.order:x}.{arrival.n:x}"

    def spec_of(self, arrival: Arrival) -> RunSpec:
        """The municipality that an arrival concerns."""
        return self._body_of(arrival).spec

    def filed(self, arrival: Arrival) -> list[Groups]:
        """Under which names the application of an arrival is counted."""
        return [self._body_of(arrival).groups(self.subject(arrival))]

    def filed_together(self, arrival: Arrival, count: int) -> list[Groups]:
        """Under which names the applications of a batch are counted, in its order."""
        bodies = self._body_of(arrival)
        return [bodies.groups(subject) for subject in self._subjects(arrival, count)]

    def application(self, arrival: Arrival, intended_s: float) -> pb.Application:
        """The application of an arrival."""
        subject = self.subject(arrival)
        return self._body_of(arrival).application(subject, intended_s)

    def attachment(self, arrival: Arrival, application: pb.Application) -> tuple[DeclaredAttachment, bytes] | None:
        """What is sent with an application, and its bytes; None if nothing is."""
        assert self._attachments is not None, "a worker gets its plan before its users"
        found = self._attachments.of(self.spec_of(arrival), application.procedure, self.subject(arrival))
        return None if found is None else (found, self._attachments.content(found))

    def signed(self, arrival: Arrival, application: pb.Application) -> pb.SignedApplication:
        """The application of an arrival as it is sent."""
        return self._body_of(arrival).signed(application)

    def applications(self, arrival: Arrival, count: int) -> list[pb.SignedApplication]:
        """The applications of a batch, all for one municipality, as they are sent."""
        bodies = self._body_of(arrival)
        made = (bodies.application(subject, arrival.intended_s) for subject in self._subjects(arrival, count))
        return [bodies.signed(application) for application in made]

    def _subjects(self, arrival: Arrival, count: int) -> list[str]:
        subject = self.subject(arrival)
        return [f"{subject}.{n:x}" for n in range(count)]

    def token(self) -> str:
        """A token of the pull interface that is still good."""
        if now_s() > self._token_until_s:
            secret = Path(self.plan.secret_file).read_text(encoding="utf-8").strip()
            request = portal.LoginRequest(client_id=_CLIENT_ID, client_secret=secret)
            answer = unary("Login", self.pull.Login, request, now_s())
            self._token, self._token_until_s = answer.token, now_s() + answer.expires_in_s - _TOKEN_MARGIN_S
        return self._token

    def _body_of(self, arrival: Arrival) -> Bodies:
        if not self._upto:
            at = draw(self.plan.seed, self.subject(arrival), "municipality")
            return self._bodies[int(at * len(self._bodies))]
        # By the golden section, so that each gets its share in any stretch of time: a search judges short ones.
        at = (arrival.n + 0.5) * _GOLDEN % 1.0
        return self._bodies[self._upto[bisect_right(self._upto, at, key=lambda one: one[0])][1]]


WORKER = Worker()
"""This process."""
