#!/bin/sh
# Gives the roles of deploy/sql/roles.sql their rights and their passwords. Run when the database is made, and after each
# migration; any number of times.
set -eu
psql -X -v ON_ERROR_STOP=1 -U postgres -d schakel -f /roles.sql
psql -X -v ON_ERROR_STOP=1 -U postgres -d schakel -v service="$DATABASE_PASSWORD" -v maintenance="$MAINTENANCE_PASSWORD" <<'SQL'
ALTER ROLE schakel_writer PASSWORD :'service';
ALTER ROLE schakel_sequencer PASSWORD :'service';
ALTER ROLE schakel_migrator PASSWORD :'maintenance';
SQL
