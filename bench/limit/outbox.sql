-- name: schema
CREATE TABLE stream (
    id           integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic        text    NOT NULL,
    municipality text    NOT NULL,
    last_number  bigint  NOT NULL,
    UNIQUE (topic, municipality)
);
CREATE TABLE outbox (
    stream_id   integer NOT NULL,
    number      bigint  NOT NULL,
    type        text    NOT NULL,
    event_id    text    NOT NULL,
    at_ms       bigint  NOT NULL,
    written_ms  bigint  NOT NULL,
    causation   text    NOT NULL,
    traceparent text    NOT NULL,
    value       bytea   NOT NULL,
    PRIMARY KEY (stream_id, number)
);
CREATE TABLE inbox (
    topic       text    NOT NULL,
    partition   integer NOT NULL,
    last_number bigint  NOT NULL,
    PRIMARY KEY (topic, partition)
);

-- name: append
WITH numbered AS (
    INSERT INTO stream AS s (topic, municipality, last_number) VALUES ($1, $2, $3)
    ON CONFLICT (topic, municipality) DO UPDATE SET last_number = s.last_number + excluded.last_number
    RETURNING id, last_number
), written AS (
    INSERT INTO outbox (stream_id, number, type, event_id, at_ms, written_ms, causation, traceparent, value)
    SELECT numbered.id, numbered.last_number - $3 + m.place, $4, m.event_id, $5, $5, '', '', m.value
    FROM numbered, unnest($6::text[], $7::bytea[]) WITH ORDINALITY AS m (event_id, value, place)
)
SELECT id, last_number FROM numbered;

-- name: forget
DELETE FROM outbox AS o USING unnest($1::integer[], $2::bigint[]) AS sent (stream_id, number)
WHERE o.stream_id = sent.stream_id AND o.number <= sent.number;

-- name: accept
INSERT INTO inbox AS i (topic, partition, last_number) VALUES ($1, $2, $4)
ON CONFLICT (topic, partition) DO UPDATE SET last_number = excluded.last_number WHERE i.last_number = $3::bigint - 1
RETURNING last_number;
