"""Creating the topics: explicitly, with the partitions that the table states."""

from collections.abc import Iterable, Mapping

import structlog
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from shinsei.contracts.topics import TOPICS, UNLIMITED, Topic
from shinsei.runtime.errors import StartError
from shinsei.runtime.failures import is_transient
from shinsei.runtime.identity import DRIVER, kafka_options
from shinsei.runtime.makers import MAKERS
from shinsei.runtime.retry import ExponentialBackoff, until_success

log = structlog.get_logger(__name__)

_BROKER_DEFAULT = -1


class ReadyTopics:
    """Makes sure, when a service starts, that the topics of one broker exist (a lifespan component)."""

    def __init__(self, bootstrap: str, topics: Iterable[Topic], *, setting: str = "kafka_bootstrap") -> None:
        self._bootstrap = bootstrap
        self._topics = {topic.name: topic for topic in topics}
        self._setting = setting

    async def start(self) -> None:
        """Create what is missing."""
        await ensure_topics(self._bootstrap, self._topics, setting=self._setting)

    async def stop(self) -> None:
        """Topics stay."""


async def ensure_topics(
    bootstrap: str,
    topics: Mapping[str, Topic] = TOPICS,
    *,
    replication_factor: int = _BROKER_DEFAULT,
    wait_s: float = 30.0,
    setting: str = "kafka_bootstrap",
    role: str = DRIVER,
) -> None:
    """Create what is missing of the topics and their dead-letter topics, as this role where there is a choice.

    Raises:
        StartError: Kafka is not reachable in time, or a topic exists with other partitions.
    """
    admin = MAKERS.get().admin(bootstrap_servers=bootstrap, **kafka_options(bootstrap, role))
    policy = ExponentialBackoff(first_s=0.1, max_s=1.0)
    try:
        try:
            await until_success(admin.start, policy, is_transient, give_up_after_s=wait_s)
        except KafkaError as error:
            raise unreachable(bootstrap, wait_s, setting) from error
        await until_success(
            lambda: _create(admin, topics, replication_factor), policy, is_transient, log, give_up_after_s=wait_s
        )
        await until_success(lambda: _verify(admin, topics), policy, is_transient, log, give_up_after_s=wait_s)
    finally:
        await admin.close()


def unreachable(bootstrap: str, wait_s: float, setting: str) -> StartError:
    """The error of a broker that did not answer in time."""
    problem = f"Kafka is not reachable at {bootstrap} after {wait_s:.0f} s"
    return StartError(problem, remedy="start it", setting=setting)


async def _create(admin: AIOKafkaAdminClient, topics: Mapping[str, Topic], replication_factor: int) -> None:
    present = set(await admin.list_topics())
    wanted = {
        name: NewTopic(
            name,
            num_partitions=topic.partitions,
            replication_factor=replication_factor,
            # aiokafka takes the broker's default only together with an assignment, which may be empty.
            replica_assignments={} if replication_factor == _BROKER_DEFAULT else None,
            topic_configs={
                "retention.ms": str(topic.retention_ms),
                "retention.bytes": str(UNLIMITED),
                "cleanup.policy": "delete",
            },
        )
        for topic in topics.values()
        for name in (topic.name, topic.dead)
        if name not in present
    }
    if not wanted:
        return
    response = await admin.create_topics(list(wanted.values()))
    for name, code, *_ in response.topic_errors:
        error = for_code(code)
        # Two services that start together may both try.
        if code and error is not TopicAlreadyExistsError:
            raise error(name)
    log.info("topics_created", topics=sorted(wanted))


async def _verify(admin: AIOKafkaAdminClient, topics: Mapping[str, Topic]) -> None:
    wanted = {name: topic.partitions for topic in topics.values() for name in (topic.name, topic.dead)}
    for described in await admin.describe_topics(list(wanted)):
        if described["error_code"]:
            raise for_code(described["error_code"])(described["topic"])
        found = len(described["partitions"])
        if found != wanted[described["topic"]]:
            problem = f"topic {described['topic']} has {found} partitions instead of {wanted[described['topic']]}"
            raise StartError(problem, remedy="delete it while no run is open")
