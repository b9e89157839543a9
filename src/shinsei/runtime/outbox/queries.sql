-- name: append
WITH numbered AS (
    INSERT INTO stream AS s (topic, run_id, municipality, partition, last_number)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (topic, run_id, municipality) DO UPDATE SET last_number = s.last_number + excluded.last_number
    RETURNING s.id, s.last_number
)
INSERT INTO outbox (stream_id, number, type, event_id, at_ms, written_ms, causation, traceparent, value)
SELECT numbered.id, numbered.last_number - $5 + m.place, m.type, m.event_id, m.at_ms, $6, m.causation, $7, m.value
FROM numbered, unnest($8::text[], $9::text[], $10::bigint[], $11::text[], $12::bytea[])
    WITH ORDINALITY AS m (type, event_id, at_ms, causation, value, place);

-- name: pending
-- From one stream that has rows to the next along the key: a round costs what is pending, not what has ever been sent.
WITH RECURSIVE pending AS (
    SELECT min(stream_id) AS id FROM outbox
    UNION ALL
    SELECT (SELECT min(stream_id) FROM outbox WHERE stream_id > pending.id) FROM pending WHERE pending.id IS NOT NULL
)
SELECT o.stream_id, o.number, o.type, o.event_id, o.at_ms, o.written_ms, o.causation, o.traceparent, o.value
FROM (SELECT count(id) AS streams FROM pending) AS counted
CROSS JOIN pending
CROSS JOIN LATERAL (
    -- One at least; of one stream at most $1, of all together $2.
    SELECT * FROM outbox WHERE outbox.stream_id = pending.id ORDER BY outbox.number
    LIMIT greatest(1, least($1::bigint, $2::bigint / greatest(1, counted.streams)))
) AS o
ORDER BY o.stream_id, o.number;

-- name: streams
SELECT id, topic, run_id, municipality, partition FROM stream WHERE id = ANY($1::integer[]);

-- name: delete_prefix
DELETE FROM outbox AS o
USING unnest($1::integer[], $2::bigint[]) AS acknowledged (stream_id, number)
WHERE o.stream_id = acknowledged.stream_id AND o.number <= acknowledged.number;

-- name: waiting
SELECT count(*) AS rows, coalesce(min(written_ms), 0) AS oldest_ms FROM outbox;

-- name: try_lock
SELECT pg_try_advisory_lock($1);

-- name: notify
SELECT pg_notify($1, '');

-- name: last_accepted
SELECT i.topic, i.run_id, i.municipality, i.last_number
FROM inbox AS i
JOIN unnest($1::text[], $2::text[], $3::text[]) AS wanted (topic, run_id, municipality)
    USING (topic, run_id, municipality)
ORDER BY i.topic, i.run_id, i.municipality
FOR UPDATE OF i;

-- name: accept
INSERT INTO inbox AS i (topic, run_id, municipality, last_number)
SELECT w.topic, w.run_id, w.municipality, w.upto
FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[])
    AS w (topic, run_id, municipality, after, upto)
ORDER BY w.topic, w.run_id, w.municipality
ON CONFLICT (topic, run_id, municipality) DO UPDATE SET last_number = excluded.last_number
WHERE (i.topic, i.run_id, i.municipality, i.last_number) IN (
    SELECT e.topic, e.run_id, e.municipality, e.after
    FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) AS e (topic, run_id, municipality, after)
)
RETURNING 1;

-- name: accept_next
INSERT INTO inbox AS i (topic, run_id, municipality, last_number)
SELECT $1::text, $2::text, $3::text, $5::bigint
WHERE $4::bigint = 0 OR EXISTS (SELECT FROM inbox WHERE topic = $1 AND run_id = $2 AND municipality = $3)
ON CONFLICT (topic, run_id, municipality) DO UPDATE SET last_number = excluded.last_number WHERE i.last_number = $4
RETURNING 1;

-- name: take
INSERT INTO ownership AS o (topic, partition, epoch) VALUES ($1, $2, 1)
ON CONFLICT (topic, partition) DO UPDATE SET epoch = o.epoch + 1
RETURNING o.epoch;

-- name: check
SELECT epoch FROM ownership WHERE topic = $1 AND partition = $2 FOR SHARE;
