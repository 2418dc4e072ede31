"""What calls are searched by, kept by triggers of the tables that it is made of: also after bulk changes and raw SQL."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

# The extension pg_trgm is made by portal/database.sql: the owner of the tables may not make one.

# The words of a text as they are compared: as portal.armenian.fold, and without what is neither letter nor digit.
FOLDED = r"""
CREATE FUNCTION calls_folded(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT trim(regexp_replace(
        translate(replace(replace(lower(normalize(value)), 'և', 'եվ'), 'եւ', 'եվ'), '՞՛՜՝', ''),
        '[^[:alnum:]]+', ' ', 'g'))
$$
"""

CONFIGURATION = """
CREATE FUNCTION calls_configuration(language text) RETURNS regconfig LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE language
        WHEN 'hy' THEN 'armenian'::regconfig
        WHEN 'en' THEN 'english'::regconfig
        WHEN 'ru' THEN 'russian'::regconfig
        ELSE 'simple'::regconfig
    END
$$
"""

# Stems, and whole words for what is typed only in part.
VECTOR = """
CREATE FUNCTION calls_vector(value text, language text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT to_tsvector(calls_configuration(language), calls_folded(value)) || to_tsvector('simple', calls_folded(value))
$$;
CREATE AGGREGATE calls_vectors(tsvector) (SFUNC = tsvector_concat, STYPE = tsvector, INITCOND = '')
"""

# Each of the first eight words has to be there: its beginning, or its stem in one of the languages that have stems.
QUERY = """
CREATE FUNCTION calls_query(value text) RETURNS tsquery LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    word text;
    one tsquery;
    every tsquery;
BEGIN
    FOREACH word IN ARRAY (string_to_array(calls_folded(value), ' '))[1:8] LOOP
        one := to_tsquery('simple', word || ':*') || plainto_tsquery('armenian', word)
            || plainto_tsquery('english', word) || plainto_tsquery('russian', word);
        every := coalesce(every && one, one);
    END LOOP;
    RETURN coalesce(every, ''::tsquery);
END
$$
"""

# The columns of languages are found by their names: a further language needs no change here.
TEXTS = """
CREATE FUNCTION calls_texts(keys bigint[])
RETURNS TABLE (call_id bigint, weight "char", language text, value text) LANGUAGE sql STABLE AS $$
    SELECT c.id, 'A'::"char", '', c.code FROM calls_call c WHERE c.id = ANY (keys)
    UNION ALL
    SELECT c.id,
        CASE split_part(t.key, '_', 1) WHEN 'title' THEN 'A'::"char" WHEN 'summary' THEN 'C'::"char" ELSE 'D'::"char" END,
        right(t.key, 2), t.value
    FROM calls_call c, jsonb_each_text(to_jsonb(c)) t
    WHERE c.id = ANY (keys) AND t.key ~ '^(title|summary|description)_[a-z]{2}$'
    UNION ALL
    SELECT c.id, 'B'::"char", '', p.code
    FROM calls_call c JOIN calls_programme p ON p.id = c.programme_id WHERE c.id = ANY (keys)
    UNION ALL
    SELECT c.id, 'B'::"char", right(t.key, 2), t.value
    FROM calls_call c JOIN calls_programme p ON p.id = c.programme_id, jsonb_each_text(to_jsonb(p)) t
    WHERE c.id = ANY (keys) AND t.key ~ '^title_[a-z]{2}$'
    UNION ALL
    SELECT l.call_id, 'B'::"char", right(t.key, 2), t.value
    FROM calls_lot l, jsonb_each_text(to_jsonb(l)) t
    WHERE l.call_id = ANY (keys) AND t.key ~ '^title_[a-z]{2}$'
    UNION ALL
    SELECT p.call_id, 'B'::"char", right(t.key, 2), t.value
    FROM calls_priority p, jsonb_each_text(to_jsonb(p)) t
    WHERE p.call_id = ANY (keys) AND t.key ~ '^title_[a-z]{2}$'
    UNION ALL
    SELECT l.call_id, 'C'::"char", right(t.key, 2), t.value
    FROM calls_objective o JOIN calls_lot l ON l.id = o.lot_id, jsonb_each_text(to_jsonb(o)) t
    WHERE l.call_id = ANY (keys) AND t.key ~ '^text_[a-z]{2}$'
$$
"""

# The lock comes first, in a statement of its own: the texts are then read as the one before us has left them.
REFRESH = """
CREATE FUNCTION calls_refresh_search(keys bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM calls_call WHERE id = ANY (keys) ORDER BY id FOR NO KEY UPDATE;
    INSERT INTO calls_callsearch (call_id, vector, folded, spelled)
    SELECT
        t.call_id,
        calls_vectors(setweight(calls_vector(t.value, t.language), t.weight)),
        coalesce(string_agg(calls_folded(t.value), ' ') FILTER (WHERE t.weight <> 'D'), ''),
        coalesce(string_agg(lower(t.value), ' ') FILTER (WHERE t.weight <> 'D'), '')
    FROM calls_texts(keys) t
    WHERE t.value <> ''
    GROUP BY t.call_id
    ON CONFLICT (call_id) DO UPDATE
    SET vector = excluded.vector, folded = excluded.folded, spelled = excluded.spelled;
END
$$
"""

KEYS = {
    "calls_call": "SELECT id FROM {rows}",
    "calls_lot": "SELECT call_id FROM {rows}",
    "calls_priority": "SELECT call_id FROM {rows}",
    "calls_objective": "SELECT l.call_id FROM {rows} r JOIN calls_lot l ON l.id = r.lot_id",
    "calls_programme": "SELECT c.id FROM {rows} r JOIN calls_call c ON c.programme_id = r.id",
}
WRITES = {
    "calls_call": ("INSERT", "UPDATE"),
    "calls_lot": ("INSERT", "UPDATE", "DELETE"),
    "calls_priority": ("INSERT", "UPDATE", "DELETE"),
    "calls_objective": ("INSERT", "UPDATE", "DELETE"),
    "calls_programme": ("UPDATE",),
}
SEEN = {"INSERT": ("after",), "UPDATE": ("before", "after"), "DELETE": ("before",)}
TRANSITION = {"before": "OLD TABLE AS before", "after": "NEW TABLE AS after"}


def trigger(table: str, write: str) -> tuple[str, str]:
    """Return the statements that make and remove the trigger of one kind of write to one table."""
    name = f"{table}_search_{write.lower()}"
    keys = " UNION ".join(KEYS[table].format(rows=rows) for rows in SEEN[write])
    referencing = " ".join(TRANSITION[rows] for rows in SEEN[write])
    make = f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM calls_refresh_search(ARRAY({keys}));
            RETURN NULL;
        END
        $$;
        CREATE TRIGGER {name} AFTER {write} ON {table} REFERENCING {referencing}
        FOR EACH STATEMENT EXECUTE FUNCTION {name}();
    """
    return make, f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}();"


class Migration(migrations.Migration):
    dependencies = [("calls", "0004_corrigenda")]

    operations = [
        migrations.CreateModel(
            name="CallSearch",
            fields=[
                (
                    "call",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="search",
                        serialize=False,
                        to="calls.call",
                        verbose_name="call",
                    ),
                ),
                ("vector", django.contrib.postgres.search.SearchVectorField(verbose_name="stems")),
                ("folded", models.TextField(verbose_name="words as compared")),
                ("spelled", models.TextField(verbose_name="words as written")),
            ],
            options={
                "verbose_name": "words of a call",
                "verbose_name_plural": "words of calls",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["vector"], name="call_search_vector"),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["folded"], name="call_search_folded", opclasses=["gin_trgm_ops"]
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            "ALTER TABLE calls_callsearch ADD CONSTRAINT call_search_goes_with_its_call "
            "FOREIGN KEY (call_id) REFERENCES calls_call ON DELETE CASCADE",
            "ALTER TABLE calls_callsearch DROP CONSTRAINT call_search_goes_with_its_call",
        ),
        migrations.RunSQL(FOLDED, "DROP FUNCTION calls_folded(text)"),
        migrations.RunSQL(CONFIGURATION, "DROP FUNCTION calls_configuration(text)"),
        migrations.RunSQL(VECTOR, "DROP AGGREGATE calls_vectors(tsvector); DROP FUNCTION calls_vector(text, text)"),
        migrations.RunSQL(QUERY, "DROP FUNCTION calls_query(text)"),
        migrations.RunSQL(TEXTS, "DROP FUNCTION calls_texts(bigint[])"),
        migrations.RunSQL(REFRESH, "DROP FUNCTION calls_refresh_search(bigint[])"),
        *(migrations.RunSQL(*trigger(table, write)) for table, writes in WRITES.items() for write in writes),
        migrations.RunSQL("SELECT calls_refresh_search(ARRAY(SELECT id FROM calls_call))", migrations.RunSQL.noop),
    ]
