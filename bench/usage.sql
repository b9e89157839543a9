-- name: size
SELECT coalesce(sum(pg_database_size(datname)), 0)::bigint FROM pg_database WHERE datname = ANY($1::text[])

-- name: written
SELECT (pg_current_wal_lsn() - '0/0'::pg_lsn)::bigint

-- name: drop
SELECT format('DROP DATABASE IF EXISTS %I WITH (FORCE)', $1::text)

-- name: create
SELECT format('CREATE DATABASE %I', $1::text)
