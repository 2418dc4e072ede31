"""Empties the database between tests that commit: only tables that hold something, since most hold nothing."""

from psycopg2.errors import DeadlockDetected

from portal import embedded
from tests import environment

# Content types and permissions stay: they follow from the models, which no test changes. All tables are locked first,
# so that a request which is still under way ends before, and leaves nothing. Triggers and foreign keys are passed by.
_EMPTY = """
SET session_replication_role = replica;
SET lock_timeout = '60s';
DO $$
DECLARE
  names text[] := ARRAY(
    SELECT c.oid::regclass::text FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
      AND c.relname NOT IN ('django_migrations', 'django_content_type', 'auth_permission')
    ORDER BY 1
  );
  name text;
  filled boolean;
BEGIN
  EXECUTE 'LOCK TABLE ' || array_to_string(names, ', ') || ' IN ACCESS EXCLUSIVE MODE';
  FOREACH name IN ARRAY names LOOP
    EXECUTE 'SELECT EXISTS (SELECT FROM ' || name || ')' INTO filled;
    IF filled THEN
      EXECUTE 'DELETE FROM ' || name;
    END IF;
  END LOOP;
END
$$;
"""
_LARGE = """
SELECT oid::regclass::text FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND pg_relation_size(oid) > 4000000
"""


def empty() -> None:
    """Empty this process's database, and give back the room of tables that have become large.

    Raises:
        DeadlockDetected: a request that was still under way stood in the way ten times.
    """
    with embedded.superuser(embedded.place(environment.var()), environment.database()) as cursor:
        for attempt in range(10):
            try:
                cursor.execute(_EMPTY)
                break
            except DeadlockDetected:
                if attempt == 9:
                    raise
        cursor.execute(_LARGE)
        for (name,) in cursor.fetchall():
            cursor.execute(f"VACUUM {name}")
