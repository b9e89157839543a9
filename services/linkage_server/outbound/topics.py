"""The topics that the linkage server needs, made before anything is read or sent."""

from shinsei.contracts.topics import APPLICATION_FETCHED, STATUS_CHANGED
from shinsei.runtime.kafka import ensure_topics


class ReadyTopics:
    """A lifespan component that creates what is missing of ``application.*``."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap

    async def start(self) -> None:
        """Creates the topics, or finds them."""
        await ensure_topics(self._bootstrap, {topic.name: topic for topic in (APPLICATION_FETCHED, STATUS_CHANGED)})

    async def stop(self) -> None:
        """Nothing to do."""
