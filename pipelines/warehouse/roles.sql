-- What a warehouse's administrator runs in its database before the pipeline does, at every start if need be:
-- psql --dbname=bidui --file=roles.sql
-- Groups own nothing and cannot log in. Who logs in is a member of one; what the login sees hangs on access.event as well.
-- bidui_access makes logins and puts them into groups; it is in none and reads no published table.
DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['bidui_operator', 'bidui_province', 'bidui_city', 'bidui_county', 'bidui_bi', 'bidui_auditor'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = one) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', one);
        END IF;
    END LOOP;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bidui_access') THEN
        CREATE ROLE bidui_access LOGIN CREATEROLE;
    END IF;
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO bidui_access', current_database());
    -- Without a language nobody but the owner runs a block of code (DO).
    REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;
    EXECUTE format('GRANT USAGE ON LANGUAGE plpgsql TO %I', (SELECT datdba::regrole::text FROM pg_database WHERE datname = current_database()));
    -- Before PostgreSQL 16 whoever makes logins puts them into any group.
    IF current_setting('server_version_num')::int >= 160000 THEN
        EXECUTE 'GRANT bidui_operator, bidui_province, bidui_city, bidui_county, bidui_bi, bidui_auditor TO bidui_access'
            ' WITH ADMIN TRUE, INHERIT FALSE, SET FALSE';
    END IF;
END
$$;

-- Readers write nothing, and hold none of the locks by which the pipeline's processes wait for each other.
DO $$
DECLARE
    one regprocedure;
    owner name := (SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database());
BEGIN
    FOR one IN
        SELECT oid::regprocedure FROM pg_proc
        WHERE pronamespace = 'pg_catalog'::regnamespace
            AND has_function_privilege('public', oid, 'EXECUTE')
            AND (proname ~ '^(lo_|loread$|lowrite$)' OR proname ~ '^pg_(try_)?advisory_' OR proname = 'pg_logical_emit_message')
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', one);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', one, owner);
    END LOOP;
END
$$;

-- A comparison said to be leakproof is made before the policies are asked, by an index too, and EXPLAIN ANALYZE counts what the
-- policies then took away: whether a person or a case is anywhere in the province. Keys are text: its comparisons come after.
DO $$
DECLARE
    one regprocedure;
BEGIN
    FOR one IN
        SELECT oid::regprocedure FROM pg_proc
        WHERE pronamespace = 'pg_catalog'::regnamespace AND proleakproof AND 'text'::regtype = ANY (proargtypes)
    LOOP
        EXECUTE format('ALTER FUNCTION %s NOT LEAKPROOF', one);
    END LOOP;
END
$$;
