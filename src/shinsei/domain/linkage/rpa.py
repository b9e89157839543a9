"""Method 2: robots (RPA等簡易ツールの利用) that key what a clerk would key; core system unchanged.

Robots look for work at their scheduled times on open days, take what waits then, and work through it one
case at a time, each with a licence and a login seat, while the core systems are on-line; a case that would
not be done by their closing is left for the next look [A]. A case is registered when the robot saves it; the
clerk's review afterwards costs time and changes nothing [A]. An exception goes to a clerk for transcription.
A run that stops (hazard per robot-hour) drops the case in hand and stays stopped until a clerk in office
restarts it. After a change of the core screen the robots are broken for some working days: transcription
takes what waits at the next look and whatever comes until the repair; so it does where there is no robot [A].
If the change is not noticed at once, they key into wrong fields until it is. Fewer licences than robots let only
so many run at a time, and another one takes over from one that stands; a robot tied to a terminal keeps its login,
but for one that is always left to the clerks [A].
"""

from collections import deque
from functools import partial
from math import log

from shinsei.domain.linkage.activity import Activity
from shinsei.domain.linkage.case import Case, Purpose
from shinsei.domain.linkage.floor import Floor, Task
from shinsei.domain.linkage.incident import Incident, IncidentKind
from shinsei.domain.linkage.robot import Robot, RobotSchedule
from shinsei.domain.linkage.route import Linkage, RobotDay
from shinsei.domain.linkage.times import sampler
from shinsei.domain.run import Change, ChangeKind
from shinsei.domain.simtime import HOUR_MS, MINUTE_MS, SECOND_MS, SimTime, date_of, day_number


class Rpa(Linkage):
    """Robots at their schedule, clerks for what they leave."""

    def __init__(self, floor: Floor) -> None:
        super().__init__(floor)
        self._spec = floor.spec.methods.rpa
        self._schedule = RobotSchedule(self._spec, floor.calendar)
        stretch = 1.0 / floor.spec.productive_share
        self._machine_ms = sampler(self._spec.machine_s, SECOND_MS)
        self._review_ms = sampler(self._spec.review_min, MINUTE_MS, stretch)
        self._restart_ms = sampler(self._spec.restart_min, MINUTE_MS, stretch)
        drift = self._spec.ui_drift
        self._correction_ms = sampler(drift.correction_min, MINUTE_MS, stretch) if drift else None
        self._drift: Incident | None = None
        self._robots: list[Robot] = []
        self._wanted = self._spec.robots
        self._running = 0
        """Robots with a licence in use."""
        self._waiting: deque[Case] = deque()
        self._run: deque[Case] = deque()
        """What the last look took up."""
        self._looks_at: SimTime | None = None
        self._busy_ms = 0

    def queue(self, case: Case) -> None:
        """Waits for the robots' next look, or for a clerk while there is no working robot."""
        if self.lacks_robots():
            self.floor.key(case, Activity.KEYING)
            return
        self._waiting.append(case)
        self._plan_look(self.floor.now)

    def change(self, change: Change) -> None:
        """Another number of robots, from the next look."""
        if change.kind is ChangeKind.ROBOTS:
            self._wanted = change.value

    def robots_now(self) -> tuple[int, int]:
        """Robots installed, and those with a licence in use."""
        return len(self._robots), self._running

    def lacks_robots(self) -> bool:
        """None is installed, or none has a scenario that works."""
        return not self._installed() or self._is_broken()

    def robots_of_day(self, day: int) -> RobotDay | None:
        """Busy and offered time of the day that has just ended."""
        busy_ms, self._busy_ms = self._busy_ms, 0
        robots = min(len(self._robots), self._spec.licences or len(self._robots))
        offered_ms = self._schedule.offered_ms(day) * robots
        return RobotDay(busy_ms=busy_ms, offered_ms=offered_ms, left_over=len(self._run))

    def _is_broken(self) -> bool:
        return self._schedule.is_broken(self.floor.now)

    def _installed(self) -> int:
        """Robots to have from the next look on."""
        spec = self._spec
        return min(self._wanted, self.floor.spec.login_seats - 1) if spec.occupies_terminal else self._wanted

    def _has_licence(self) -> bool:
        return self._spec.licences is None or self._running < self._spec.licences

    def _plan_look(self, after: SimTime) -> None:
        if self._looks_at is None:
            self._looks_at = self._schedule.next_look(after)
            self.floor.call_at(self._looks_at, self._look)

    def _look(self, _: None) -> None:
        self._looks_at = None
        self._run.extend(self._waiting)
        self._waiting.clear()
        while len(self._robots) < self._installed():
            self._robots.append(Robot(len(self._robots) + 1))
        for robot in self._robots[self._installed() :]:
            if robot.has_terminal and robot.case is None:
                robot.has_terminal = False
                self.floor.give_seat()
        del self._robots[self._installed() :]
        if not self._robots or self._is_broken():
            self._hand_over()
            return
        for robot in self._robots:
            self._wake(robot)
        if self._run:
            self._plan_look(SimTime(self.floor.now + 1))

    def _hand_over(self) -> None:
        while self._run:
            case = self._run.popleft()
            if case.is_open:
                self.floor.key(case, Activity.KEYING)

    def _wake(self, robot: Robot) -> None:
        if not (robot.is_idle and self._run and robot in self._robots) or self._is_broken():
            return
        if self._has_licence():
            if robot.has_terminal or self.floor.take_seat():
                robot.has_terminal = self._spec.occupies_terminal
                self._running += 1
                self._next_case(robot)
            else:
                robot.is_idle = False
                self.floor.when_seat_free(partial(self._seat_came_free, robot))

    def _seat_came_free(self, robot: Robot) -> None:
        robot.is_idle = True
        self._wake(robot)

    def _next_case(self, robot: Robot) -> None:
        """Takes the next case of the run, seat in hand; without one the robot gives its seat back and idles."""
        now, online_until = self.floor.now, self.floor.core_online_until
        while self._run and robot in self._robots and online_until is not None:
            case = self._run.popleft()
            if not case.is_open:
                continue
            ends_at = now + self._machine_ms(case.draw(Purpose.MACHINE))
            if ends_at > online_until:
                self._run.appendleft(case)
                break
            self._begin(robot, case, ends_at)
            return
        robot.is_idle = True
        self._leave(robot)
        if self._run:
            self._plan_look(SimTime(now + 1))

    def _leave(self, robot: Robot) -> None:
        """Gives the licence back, and the login unless it is the robot's own."""
        self._running -= 1
        if robot not in self._robots or not robot.has_terminal:
            robot.has_terminal = False
            self.floor.give_seat()

    def _begin(self, robot: Robot, case: Case, ends_at: int) -> None:
        robot.is_idle, robot.case, robot.began_at = False, case, self.floor.now
        self.floor.start_linkage(case, robot.name)
        stops_at = self._stops_at(robot, ends_at)
        if stops_at is None:
            self.floor.call_at(SimTime(ends_at), self._saved, robot)
        else:
            self.floor.call_at(stops_at, self._stopped, robot)

    def _stops_at(self, robot: Robot, ends_at: int) -> SimTime | None:
        """When the run stops before this case is done: at most one stop in a robot-hour of the clock [A]."""
        if not self._spec.stops_per_h:
            return None
        for hour in range(robot.began_at // HOUR_MS, (ends_at - 1) // HOUR_MS + 1):
            u = self.floor.draw(f"{robot.name}-hour-{hour}", "stop")
            moment = hour * HOUR_MS + int(-log(1.0 - u) / self._spec.stops_per_h * HOUR_MS)
            if max(robot.began_at, hour * HOUR_MS) <= moment < min(ends_at, (hour + 1) * HOUR_MS):
                return SimTime(moment)
        return None

    def _book(self, robot: Robot) -> Case:
        busy_ms = self.floor.now - robot.began_at
        self._busy_ms += busy_ms
        self.floor.count_robot(busy_ms)
        case, robot.case = robot.case, None
        assert case is not None
        return case

    def _saved(self, robot: Robot) -> None:
        case = self._book(robot)
        drift = self._schedule.drift_at(robot.began_at) if self._correction_ms else None
        if case.is_open:
            if drift is not None and self.floor.now >= drift[1]:
                self.floor.return_to_queue(case, self.floor.key, f"{robot.name}: stopped by hand")
            elif case.draw(Purpose.EXCEPTION) < self._spec.p_exception:
                self.floor.return_to_queue(case, self.floor.key, f"{robot.name}: exception")
            else:
                is_wrong = drift is None and case.draw(Purpose.UNDETECTED_ERROR) < self._spec.p_undetected
                if drift is not None:
                    self._strike(*drift)
                self.floor.register(case, is_wrong=is_wrong, detail=robot.name)
                duration = self._review_ms(case.draw(Purpose.REVIEW))
                self.floor.ask_clerk(Task(Activity.RPA_REVIEW, duration, _nothing_follows, case))
        self._next_case(robot)

    def _stopped(self, robot: Robot) -> None:
        case = self._book(robot)
        if case.is_open:
            self.floor.return_to_queue(case, self._take_back, f"{robot.name}: stopped")
        self._leave(robot)
        if self._spec.licences is not None:
            for other in self._robots:
                self._wake(other)
        u = self.floor.draw(f"{robot.name}-stop-{self.floor.now}", "restart")
        self.floor.ask_clerk(Task(Activity.ROBOT_RESTART, self._restart_ms(u), partial(self._restarted, robot)))

    def _strike(self, changed_at: SimTime, noticed_at: SimTime) -> None:
        """One more record keyed into the fields of another screen."""
        if self._drift is None or self._drift.found_at is not None:
            day = date_of(day_number(changed_at)).isoformat()
            self._drift = Incident(IncidentKind.SCREEN_DRIFT, day, self.floor.now)
            self.floor.note_incident(self._drift)
            self.floor.call_at(noticed_at, self._noticed, self._drift)
        self._drift.strike(self.floor.now)

    def _noticed(self, drift: Incident) -> None:
        """Somebody sees it: clerks put right what was keyed wrong, and key what the robots had before them."""
        assert self._correction_ms
        drift.found_at = self.floor.now
        duration = self._correction_ms(self.floor.draw(drift.subject, "correction")) * drift.records
        self.floor.ask_clerk(Task(Activity.ROLLBACK, duration, partial(self._corrected, drift)))
        self._hand_over()

    def _corrected(self, drift: Incident, _: Task) -> None:
        drift.settled_at = self.floor.now

    def _take_back(self, case: Case) -> None:
        self._run.appendleft(case)
        self._plan_look(self.floor.now)

    def _restarted(self, robot: Robot, _: Task) -> None:
        robot.is_idle = True
        self._wake(robot)


def _nothing_follows(_: Task) -> None:
    """A review finds nothing that this model knows of."""
