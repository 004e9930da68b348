-- The roles of Schakel's database, and what each may do: nothing that is not named here.
--
--   psql -X -d schakel -f deploy/sql/roles.sql                   (as a superuser; any number of times)
--   psql -X -d schakel -v writer=schakel -f deploy/sql/roles.sql   (with a name of your own)
--
-- Run it before the first `schakel migrate` and after every one: a new table is closed until then. How to log in as
-- whom: docs/how-to/database-roles.md.
\set ON_ERROR_STOP on
\set QUIET on
\if :{?owner} \else \set owner schakel_owner \endif
\if :{?migrator} \else \set migrator schakel_migrator \endif
\if :{?writer} \else \set writer schakel_writer \endif
\if :{?sequencer} \else \set sequencer schakel_sequencer \endif
\if :{?reader} \else \set reader schakel_reader \endif
\if :{?eraser} \else \set eraser schakel_eraser \endif
-- With `-v one_login=true` the writer is the sequencer too, and one address of the database will do. Whoever takes over
-- the gateway's login can then also place events in the tree, which only a witness notices.
\if :{?one_login} \else \set one_login false \endif

BEGIN;
SET LOCAL client_min_messages = warning;
SET LOCAL search_path = pg_catalog;

-- Refused: a name that stands for two roles, or for a superuser, whom no right binds.
SELECT format('DO %L', format('BEGIN RAISE EXCEPTION %L; END', 'each role needs a name of its own, and none may be a superuser'))
WHERE 6 > (SELECT count(DISTINCT name) FROM unnest(
        ARRAY[:'owner', :'migrator', :'writer', :'sequencer', :'reader', :'eraser']) AS name)
   OR EXISTS (SELECT FROM pg_roles WHERE rolsuper AND rolname IN (
        :'owner', :'migrator', :'writer', :'sequencer', :'reader', :'eraser'))
\gexec

-- The owner has the tables, and nobody logs in as it. The migrator, for maintenance only, acts as the owner.
SELECT format('CREATE ROLE %I', name)
FROM unnest(ARRAY[:'owner', :'migrator', :'writer', :'sequencer', :'reader', :'eraser']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec
ALTER ROLE :"owner" NOLOGIN NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
SELECT format('ALTER ROLE %I LOGIN NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', name)
FROM unnest(ARRAY[:'migrator', :'writer', :'sequencer', :'reader', :'eraser']) AS name
\gexec
SELECT format('REVOKE %I FROM %I', granted.rolname, member.rolname)
FROM pg_auth_members m JOIN pg_roles granted ON granted.oid = m.roleid JOIN pg_roles member ON member.oid = m.member
WHERE member.rolname IN (:'owner', :'migrator', :'writer', :'sequencer', :'reader', :'eraser')
\gexec
GRANT :"owner" TO :"migrator";
\if :one_login
GRANT :"sequencer" TO :"writer";
\endif

-- How a session of each begins.
SELECT format('ALTER ROLE %I IN DATABASE %I SET %s', name, current_database(), setting)
FROM unnest(ARRAY[:'migrator', :'writer', :'sequencer', :'reader', :'eraser']) AS name,
     unnest(ARRAY['idle_in_transaction_session_timeout = ''60s''', 'synchronous_commit = on', 'search_path = public'])
       AS setting
\gexec
ALTER ROLE :"migrator" IN DATABASE :"DBNAME" SET role = :'owner';
ALTER ROLE :"reader" IN DATABASE :"DBNAME" SET default_transaction_read_only = on;

-- Nobody but the owner makes anything, and nothing is open to everybody.
ALTER DATABASE :"DBNAME" OWNER TO :"owner";
REVOKE ALL ON DATABASE :"DBNAME" FROM PUBLIC, :"migrator", :"writer", :"sequencer", :"reader", :"eraser";
GRANT CONNECT ON DATABASE :"DBNAME" TO :"migrator", :"writer", :"sequencer", :"reader", :"eraser";
REVOKE ALL ON SCHEMA public FROM PUBLIC, :"migrator", :"writer", :"sequencer", :"reader", :"eraser";
GRANT USAGE, CREATE ON SCHEMA public TO :"owner";
GRANT USAGE ON SCHEMA public TO :"writer", :"sequencer", :"reader", :"eraser";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" REVOKE ALL ON TABLES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" REVOKE ALL ON SEQUENCES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" REVOKE ALL ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" REVOKE ALL ON TYPES FROM PUBLIC;

-- What another role made here, in the days before this file, is the owner's.
SELECT format('ALTER TABLE %s OWNER TO %I', c.oid::regclass, :'owner')
FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relowner <> (SELECT oid FROM pg_roles WHERE rolname = :'owner')
\gexec
SELECT format('ALTER FUNCTION %s OWNER TO %I', p.oid::regprocedure, :'owner')
FROM pg_proc p
WHERE p.pronamespace = 'public'::regnamespace AND p.proowner <> (SELECT oid FROM pg_roles WHERE rolname = :'owner')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
\gexec

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, :"migrator", :"writer", :"sequencer", :"reader", :"eraser";
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, :"migrator", :"writer", :"sequencer", :"reader", :"eraser";
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC, :"migrator", :"writer", :"sequencer", :"reader", :"eraser";
-- A backup also holds how far each table has counted.
GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO :"writer";

SELECT format('GRANT %s ON TABLE public.%I TO %I', r.rights, r.name, r.role)
FROM (VALUES
-- Written by `make docs` from gateway/roles/rights.py; change it there.
    (:'writer', 'alembic_version', 'SELECT'),
    (:'writer', 'audit_checkpoint', 'SELECT'),
    (:'writer', 'audit_cosignature', 'SELECT'),
    (:'writer', 'audit_event', 'SELECT, INSERT (event_id, leaf, leaf_hash, sealed_log, sealed_person, request_id)'),
    (:'writer', 'audit_leaf', 'SELECT'),
    (:'writer', 'audit_node', 'SELECT'),
    (:'writer', 'audit_subject', 'SELECT, INSERT'),
    (:'writer', 'audit_term', 'SELECT, INSERT'),
    (:'writer', 'crisis_set', 'SELECT, INSERT (holder, officer, act)'),
    (:'writer', 'emergency', 'SELECT, INSERT (id, holder, organisation, person, opened_at, expires_at, sealed)'),
    (:'writer', 'emergency_closed', 'SELECT, INSERT'),
    (:'writer', 'emergency_closed_again', 'SELECT, INSERT'),
    (:'writer', 'fact', 'SELECT, INSERT (person, version, section, id, amends, key_version, recorded_by, entry)'),
    (:'writer', 'holder_question', 'SELECT, INSERT (id, holder, person, alike, key_version, sealed)'),
    (:'writer', 'idempotent_request', 'SELECT, INSERT (key, request), UPDATE (answer, sealed, event_id, leaf_hash, event_at)'),
    (:'writer', 'log_follower', 'SELECT, INSERT, UPDATE (next)'),
    (:'writer', 'log_ticket', 'SELECT, INSERT'),
    (:'writer', 'log_ticket_step', 'SELECT, INSERT'),
    (:'writer', 'log_ticket_use', 'SELECT, INSERT'),
    (:'writer', 'notice', 'SELECT, INSERT (id, organisation, kind, sealed, announced)'),
    (:'writer', 'notice_attempt', 'SELECT, INSERT (notice, attempt)'),
    (:'writer', 'notice_due', 'SELECT, INSERT (person, version, section, fact, field, ended_at)'),
    (:'writer', 'notice_looked', 'SELECT, INSERT'),
    (:'writer', 'notice_settled', 'SELECT, INSERT'),
    (:'writer', 'obligation', 'SELECT, INSERT (id, about, event, code, organisation, due, notice)'),
    (:'writer', 'obligation_done', 'SELECT, INSERT'),
    (:'writer', 'person', 'SELECT, INSERT, UPDATE (version)'),
    (:'writer', 'person_identifier', 'SELECT, INSERT'),
    (:'writer', 'person_key', 'SELECT, INSERT'),
    (:'writer', 'registration', 'SELECT, INSERT (kind, key, organisation, body, recorded_by), UPDATE'),
    (:'writer', 'registry_fact', 'SELECT, INSERT (version, section, id, entry), UPDATE'),
    (:'writer', 'review_closed', 'SELECT, INSERT'),
    (:'writer', 'review_excluded', 'SELECT, INSERT'),
    (:'writer', 'review_item', 'SELECT, INSERT (id, about, event, reason, organisation, due, judges)'),
    (:'writer', 'review_sample', 'SELECT, INSERT (week, size)'),
    (:'writer', 'review_taken', 'SELECT, INSERT (item, nth, who)'),
    (:'writer', 'review_verdict', 'SELECT, INSERT (item, nth, who, verdict, follow_up, event)'),
    (:'writer', 'rule_confirmation', 'SELECT, INSERT (rule_set, digest, officer, because, event_id), UPDATE'),
    (:'writer', 'signal_explained', 'SELECT, INSERT (rule, organisation, account, person, until, sealed, event_id)'),
    (:'writer', 'signal_word', 'SELECT, INSERT (rule, officer, off, event_id), UPDATE'),
    (:'writer', 'stop_lift', 'SELECT, INSERT (holder, officer)'),
    (:'writer', 'tombstone_done', 'SELECT, INSERT (seq, digest)'),
    (:'writer', 'used_once', 'SELECT, INSERT, DELETE'),
    (:'sequencer', 'audit_checkpoint', 'SELECT, INSERT'),
    (:'sequencer', 'audit_cosignature', 'SELECT, INSERT'),
    (:'sequencer', 'audit_event', 'SELECT (id, xid, event_id, leaf_hash)'),
    (:'sequencer', 'audit_leaf', 'SELECT, INSERT'),
    (:'sequencer', 'audit_node', 'SELECT, INSERT'),
    (:'reader', 'alembic_version', 'SELECT'),
    (:'reader', 'audit_checkpoint', 'SELECT'),
    (:'reader', 'audit_cosignature', 'SELECT'),
    (:'reader', 'audit_event', 'SELECT'),
    (:'reader', 'audit_leaf', 'SELECT'),
    (:'reader', 'audit_node', 'SELECT'),
    (:'reader', 'audit_subject', 'SELECT'),
    (:'reader', 'fact', 'SELECT'),
    (:'reader', 'person', 'SELECT'),
    (:'reader', 'person_identifier', 'SELECT'),
    (:'reader', 'person_key', 'SELECT'),
    (:'reader', 'registry_fact', 'SELECT'),
    (:'eraser', 'audit_event', 'SELECT (event_id, sealed_person), INSERT (event_id, leaf, leaf_hash, sealed_log, sealed_person, request_id)'),
    (:'eraser', 'audit_subject', 'SELECT, INSERT, DELETE'),
    (:'eraser', 'audit_term', 'SELECT (event_id, personal), DELETE'),
    (:'eraser', 'emergency', 'SELECT (id, holder, person), DELETE'),
    (:'eraser', 'emergency_closed', 'SELECT (id, holder), DELETE'),
    (:'eraser', 'emergency_closed_again', 'SELECT (id, holder), DELETE'),
    (:'eraser', 'fact', 'SELECT (person), DELETE'),
    (:'eraser', 'holder_question', 'SELECT (person), DELETE'),
    (:'eraser', 'idempotent_request', 'SELECT (event_id, recorded_at), DELETE'),
    (:'eraser', 'log_follower', 'SELECT, INSERT, UPDATE (next)'),
    (:'eraser', 'notice_due', 'SELECT (seq, person), DELETE'),
    (:'eraser', 'notice_looked', 'SELECT, DELETE'),
    (:'eraser', 'person', 'SELECT (id, family), UPDATE (version), DELETE'),
    (:'eraser', 'person_identifier', 'SELECT (person), DELETE'),
    (:'eraser', 'person_key', 'SELECT (person, key_class, version), DELETE'),
    (:'eraser', 'tombstone_done', 'SELECT, INSERT (seq, digest)')
-- Here ends what `make docs` writes.
) AS r (role, name, rights)
WHERE to_regclass(format('public.%I', r.name)) IS NOT NULL
\gexec

COMMIT;
