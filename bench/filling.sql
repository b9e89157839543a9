-- name: run
SELECT run_key, count(*) AS cases FROM application GROUP BY run_key ORDER BY count(*) DESC, run_key DESC LIMIT 1

-- name: copies
SELECT format(
    'INSERT INTO %1$I (%2$s) SELECT %3$s FROM %1$I AS t CROSS JOIN generate_series(%4$s, %5$s) AS g '
    'WHERE t.run_key = %6$s AND t.%7$I NOT LIKE ''%%~%%''',
    c.table_name,
    string_agg(quote_ident(c.column_name), ', ' ORDER BY c.ordinal_position),
    string_agg(
        CASE c.column_name
            WHEN 'receipt_number' THEN 't.receipt_number || ''~'' || g'
            WHEN 'submission_id' THEN 't.submission_id || ''~'' || g'
            WHEN 'number' THEN 't.number + g::bigint * 100000000'
            ELSE 't.' || quote_ident(c.column_name)
        END,
        ', ' ORDER BY c.ordinal_position
    ),
    $2::bigint, $3::bigint, $4::integer, 'submission_id'
)
FROM information_schema.columns AS c
WHERE c.table_schema = 'public' AND c.table_name = $1 AND c.is_identity = 'NO' AND c.is_generated = 'NEVER'
GROUP BY c.table_name

-- name: key
SELECT key FROM run WHERE run_id = $1 AND municipality = $2

-- name: named
SELECT run_id, municipality FROM run WHERE key = $1

-- name: stored
SELECT count(*) FROM application
