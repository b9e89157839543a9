"""Kafka as every service uses it: explicit topics, an idempotent producer, and a consumer that never skips."""

from shinsei.runtime.errors import PoisonedPartition
from shinsei.runtime.kafka.access import ensure_access
from shinsei.runtime.kafka.consumer import Consumer
from shinsei.runtime.kafka.dead_letters import DeadLetters
from shinsei.runtime.kafka.producer import Outgoing, Producer, SendError
from shinsei.runtime.kafka.records import Record, decode_record
from shinsei.runtime.kafka.topics import ReadyTopics, ensure_topics

__all__ = [
    "Consumer",
    "DeadLetters",
    "Outgoing",
    "PoisonedPartition",
    "Producer",
    "ReadyTopics",
    "Record",
    "SendError",
    "decode_record",
    "ensure_access",
    "ensure_topics",
]
