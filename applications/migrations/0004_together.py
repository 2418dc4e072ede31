import calls.models.base
import django.contrib.postgres.fields
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
import portal.clock
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0003_kept"),
        ("documents", "0002_kept"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Clarification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "questions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), size=None, verbose_name="questions"
                    ),
                ),
                ("text", models.TextField(max_length=4000, verbose_name="what is asked")),
                ("asked_at", models.DateTimeField(default=portal.clock.now, verbose_name="asked at")),
                ("due_at", models.DateTimeField(verbose_name="to be answered by")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "waiting for the applicant"),
                            ("answered", "answered"),
                            ("lapsed", "not answered in time"),
                            ("withdrawn", "taken back"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed at")),
            ],
            options={
                "verbose_name": "clarification request",
                "verbose_name_plural": "clarification requests",
                "ordering": ["entry", "asked_at"],
            },
        ),
        migrations.CreateModel(
            name="ClarificationEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "questions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), size=None, verbose_name="questions"
                    ),
                ),
                ("text", models.TextField(max_length=4000, verbose_name="what is asked")),
                ("asked_at", models.DateTimeField(default=portal.clock.now, verbose_name="asked at")),
                ("due_at", models.DateTimeField(verbose_name="to be answered by")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "waiting for the applicant"),
                            ("answered", "answered"),
                            ("lapsed", "not answered in time"),
                            ("withdrawn", "taken back"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed at")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Helper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail address")),
                ("secret", models.CharField(max_length=64, unique=True, verbose_name="digest of the secret")),
                ("invited_at", models.DateTimeField(default=portal.clock.now, verbose_name="invited at")),
                ("until", models.DateTimeField(verbose_name="until")),
                ("accepted_at", models.DateTimeField(blank=True, null=True, verbose_name="taken up at")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
            ],
            options={
                "verbose_name": "helper from outside",
                "verbose_name_plural": "helpers from outside",
                "ordering": ["application", "invited_at"],
            },
        ),
        migrations.CreateModel(
            name="HelperEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("invited_at", models.DateTimeField(default=portal.clock.now, verbose_name="invited at")),
                ("until", models.DateTimeField(verbose_name="until")),
                ("accepted_at", models.DateTimeField(blank=True, null=True, verbose_name="taken up at")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Remark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("question", models.CharField(max_length=60, verbose_name="question")),
                ("text", models.TextField(max_length=2000, verbose_name="text")),
                ("written_at", models.DateTimeField(default=portal.clock.now, verbose_name="written at")),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="settled at")),
            ],
            options={
                "verbose_name": "remark",
                "verbose_name_plural": "remarks",
                "ordering": ["written_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Reuse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("taken_at", models.DateTimeField(default=portal.clock.now, verbose_name="taken over at")),
                (
                    "taken",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        default=list,
                        size=None,
                        verbose_name="questions taken over",
                    ),
                ),
                ("left", models.JSONField(default=dict, verbose_name="questions left out, with the reason")),
            ],
            options={
                "verbose_name": "reuse of answers",
                "verbose_name_plural": "reuses of answers",
                "ordering": ["entry", "taken_at"],
            },
        ),
        migrations.CreateModel(
            name="ReuseEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("taken_at", models.DateTimeField(default=portal.clock.now, verbose_name="taken over at")),
                (
                    "taken",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        default=list,
                        size=None,
                        verbose_name="questions taken over",
                    ),
                ),
                ("left", models.JSONField(default=dict, verbose_name="questions left out, with the reason")),
            ],
            options={
                "abstract": False,
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="stageentry",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="stageentry",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="stageentry",
            name="delete_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="submission",
            name="fixed_fields",
        ),
        migrations.AddField(
            model_name="attachment",
            name="added_at",
            field=models.DateTimeField(default=portal.clock.now, verbose_name="added at"),
        ),
        # What is there came with its file.
        migrations.RunSQL(
            "UPDATE applications_attachment SET added_at = f.created_at FROM documents_storedfile f WHERE f.id = file_id",
            migrations.RunSQL.noop,
        ),
        migrations.AddField(
            model_name="stageentry",
            name="fixed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60),
                default=list,
                size=None,
                verbose_name="answers fixed by the earlier stage",
            ),
        ),
        migrations.AddField(
            model_name="stageentry",
            name="reopened_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="reopened for change at"),
        ),
        migrations.AddField(
            model_name="stageentry",
            name="requested_before",
            field=calls.models.base.MoneyField(
                blank=True,
                decimal_places=2,
                max_digits=18,
                null=True,
                verbose_name="amount requested in the earlier stage",
            ),
        ),
        migrations.AddField(
            model_name="stageentryevent",
            name="fixed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60),
                default=list,
                size=None,
                verbose_name="answers fixed by the earlier stage",
            ),
        ),
        migrations.AddField(
            model_name="stageentryevent",
            name="reopened_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="reopened for change at"),
        ),
        migrations.AddField(
            model_name="stageentryevent",
            name="requested_before",
            field=calls.models.base.MoneyField(
                blank=True,
                decimal_places=2,
                max_digits=18,
                null=True,
                verbose_name="amount requested in the earlier stage",
            ),
        ),
        migrations.AddField(
            model_name="submission",
            name="confirmation",
            field=models.TextField(blank=True, verbose_name="what the submitter confirmed"),
        ),
        migrations.AddField(
            model_name="submission",
            name="seal",
            field=models.CharField(blank=True, max_length=88, verbose_name="signature of the receipt"),
        ),
        migrations.AddField(
            model_name="submission",
            name="sealed_by",
            field=models.CharField(blank=True, max_length=44, verbose_name="public key of the signature"),
        ),
        migrations.AlterField(
            model_name="attachment",
            name="file",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attachments",
                to="documents.storedfile",
                verbose_name="file",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="stageentry",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "applications_stageentryevent" ("acknowledged", "application_id", "changed_at", "created_at", "fixed", "id", "months", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reopened_at", "requested", "requested_before", "stage_id", "state", "submission_id", "submitted_at", "total_cost") SELECT new_values."acknowledged", new_values."application_id", new_values."changed_at", new_values."created_at", new_values."fixed", new_values."id", new_values."months", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."reopened_at", new_values."requested", new_values."requested_before", new_values."stage_id", new_values."state", new_values."submission_id", new_values."submitted_at", new_values."total_cost" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="69e20befab45c2e8df4821c90d58b52387dff14e",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_a03e5",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="applications_stageentry",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="stageentry",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "applications_stageentryevent" ("acknowledged", "application_id", "changed_at", "created_at", "fixed", "id", "months", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reopened_at", "requested", "requested_before", "stage_id", "state", "submission_id", "submitted_at", "total_cost") SELECT new_values."acknowledged", new_values."application_id", new_values."changed_at", new_values."created_at", new_values."fixed", new_values."id", new_values."months", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."reopened_at", new_values."requested", new_values."requested_before", new_values."stage_id", new_values."state", new_values."submission_id", new_values."submitted_at", new_values."total_cost" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="e3508bce0eb62ba0947398a2c9f489713bfefea5",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_527d9",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="applications_stageentry",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="stageentry",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "applications_stageentryevent" ("acknowledged", "application_id", "changed_at", "created_at", "fixed", "id", "months", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reopened_at", "requested", "requested_before", "stage_id", "state", "submission_id", "submitted_at", "total_cost") SELECT old_values."acknowledged", old_values."application_id", old_values."changed_at", old_values."created_at", old_values."fixed", old_values."id", old_values."months", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."reopened_at", old_values."requested", old_values."requested_before", old_values."stage_id", old_values."state", old_values."submission_id", old_values."submitted_at", old_values."total_cost" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="5b265202f7898738fc2d1b3ea3dc290f21ab5375",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_165fb",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="applications_stageentry",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="submission",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_fields",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."entry_id" IS DISTINCT FROM (NEW."entry_id") OR OLD."sequence" IS DISTINCT FROM (NEW."sequence") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."received_at" IS DISTINCT FROM (NEW."received_at") OR OLD."deadline" IS DISTINCT FROM (NEW."deadline") OR OLD."grace_used" IS DISTINCT FROM (NEW."grace_used") OR OLD."extension_id" IS DISTINCT FROM (NEW."extension_id") OR OLD."corrigendum" IS DISTINCT FROM (NEW."corrigendum") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."snapshot" IS DISTINCT FROM (NEW."snapshot") OR OLD."eligibility" IS DISTINCT FROM (NEW."eligibility") OR OLD."digest" IS DISTINCT FROM (NEW."digest") OR OLD."confirmation" IS DISTINCT FROM (NEW."confirmation") OR OLD."seal" IS DISTINCT FROM (NEW."seal") OR OLD."sealed_by" IS DISTINCT FROM (NEW."sealed_by"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="4ac25d890fdadae280f1e92308e25b41c478a6d8",
                    operation="UPDATE",
                    pgid="pgtrigger_fixed_fields_7874b",
                    table="applications_submission",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("removed_at", None)),
                fields=("entry", "question", "file"),
                name="attachment_once_a_question",
            ),
        ),
        migrations.AddField(
            model_name="clarification",
            name="about",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="applications.submission",
                verbose_name="about the submission",
            ),
        ),
        migrations.AddField(
            model_name="clarification",
            name="answer",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="clarification",
                to="applications.submission",
                verbose_name="answered by the submission",
            ),
        ),
        migrations.AddField(
            model_name="clarification",
            name="asked_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="asked by",
            ),
        ),
        migrations.AddField(
            model_name="clarification",
            name="closed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="closed by",
            ),
        ),
        migrations.AddField(
            model_name="clarification",
            name="entry",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="clarifications",
                to="applications.stageentry",
                verbose_name="entry",
            ),
        ),
        migrations.AddField(
            model_name="clarificationevent",
            name="about",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="applications.submission",
                verbose_name="about the submission",
            ),
        ),
        migrations.AddField(
            model_name="clarificationevent",
            name="answer",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="applications.submission",
                verbose_name="answered by the submission",
            ),
        ),
        migrations.AddField(
            model_name="clarificationevent",
            name="asked_by",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="asked by",
            ),
        ),
        migrations.AddField(
            model_name="clarificationevent",
            name="closed_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="closed by",
            ),
        ),
        migrations.AddField(
            model_name="clarificationevent",
            name="entry",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="applications.stageentry",
                verbose_name="entry",
            ),
        ),
        migrations.AddField(
            model_name="clarificationevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="applications.clarification",
            ),
        ),
        migrations.AddField(
            model_name="helper",
            name="application",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="helpers",
                to="applications.application",
                verbose_name="application",
            ),
        ),
        migrations.AddField(
            model_name="helper",
            name="ended_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="ended by",
            ),
        ),
        migrations.AddField(
            model_name="helper",
            name="invited_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="invited by",
            ),
        ),
        migrations.AddField(
            model_name="helper",
            name="person",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="person",
            ),
        ),
        migrations.AddField(
            model_name="helperevent",
            name="application",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="applications.application",
                verbose_name="application",
            ),
        ),
        migrations.AddField(
            model_name="helperevent",
            name="ended_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="ended by",
            ),
        ),
        migrations.AddField(
            model_name="helperevent",
            name="invited_by",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="invited by",
            ),
        ),
        migrations.AddField(
            model_name="helperevent",
            name="person",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="person",
            ),
        ),
        migrations.AddField(
            model_name="helperevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="applications.helper",
            ),
        ),
        migrations.AddField(
            model_name="remark",
            name="author",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="author",
            ),
        ),
        migrations.AddField(
            model_name="remark",
            name="entry",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="remarks",
                to="applications.stageentry",
                verbose_name="entry",
            ),
        ),
        migrations.AddField(
            model_name="remark",
            name="settled_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="settled by",
            ),
        ),
        migrations.AddField(
            model_name="reuse",
            name="entry",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="reuses",
                to="applications.stageentry",
                verbose_name="entry",
            ),
        ),
        migrations.AddField(
            model_name="reuse",
            name="person",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="person",
            ),
        ),
        migrations.AddField(
            model_name="reuse",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="applications.stageentry",
                verbose_name="taken from",
            ),
        ),
        migrations.AddField(
            model_name="reuseevent",
            name="entry",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="applications.stageentry",
                verbose_name="entry",
            ),
        ),
        migrations.AddField(
            model_name="reuseevent",
            name="person",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="person",
            ),
        ),
        migrations.AddField(
            model_name="reuseevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="applications.reuse",
            ),
        ),
        migrations.AddField(
            model_name="reuseevent",
            name="source",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="applications.stageentry",
                verbose_name="taken from",
            ),
        ),
        migrations.AddIndex(
            model_name="clarification",
            index=models.Index(fields=["state", "due_at"], name="application_state_6136ca_idx"),
        ),
        migrations.AddConstraint(
            model_name="clarification",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "answered", "lapsed", "withdrawn"])),
                name="clarification_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="clarification",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_at__gt", models.F("asked_at"))), name="clarification_due_after_asked"
            ),
        ),
        migrations.AddConstraint(
            model_name="clarification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at", None), ("state", "open")),
                    models.Q(models.Q(("state", "open"), _negated=True), ("closed_at__isnull", False)),
                    _connector="OR",
                ),
                name="clarification_closed_has_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="clarification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer__isnull", False), ("state", "answered")),
                    models.Q(models.Q(("state", "answered"), _negated=True), ("answer", None)),
                    _connector="OR",
                ),
                name="clarification_answered_has_submission",
            ),
        ),
        migrations.AddConstraint(
            model_name="clarification",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")), fields=("entry",), name="clarification_one_open_an_entry"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="clarification",
            trigger=pgtrigger.compiler.Trigger(
                name="state_transitions",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{open:answered,open:lapsed,open:withdrawn}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="5ee8e4abf5eff3f269d1a2ea0e5237fb03ba79c2",
                    operation="UPDATE",
                    pgid="pgtrigger_state_transitions_2e90e",
                    table="applications_clarification",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="clarification",
            trigger=pgtrigger.compiler.Trigger(
                name="kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="5459ffc4d9bdd0fb9c2168eced201ccf72ce1b2f",
                    operation="DELETE",
                    pgid="pgtrigger_kept_891e8",
                    table="applications_clarification",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="clarification",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "applications_clarificationevent" ("about_id", "answer_id", "asked_at", "asked_by_id", "closed_at", "closed_by_id", "due_at", "entry_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "questions", "state", "text") SELECT new_values."about_id", new_values."answer_id", new_values."asked_at", new_values."asked_by_id", new_values."closed_at", new_values."closed_by_id", new_values."due_at", new_values."entry_id", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."questions", new_values."state", new_values."text" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="463610636927a538fa0758b31a9385e039585489",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_b4aff",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="applications_clarification",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="clarification",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "applications_clarificationevent" ("about_id", "answer_id", "asked_at", "asked_by_id", "closed_at", "closed_by_id", "due_at", "entry_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "questions", "state", "text") SELECT new_values."about_id", new_values."answer_id", new_values."asked_at", new_values."asked_by_id", new_values."closed_at", new_values."closed_by_id", new_values."due_at", new_values."entry_id", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."questions", new_values."state", new_values."text" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="477e561f3de658a988e433e594e5cfa52ab35726",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_58936",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="applications_clarification",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="clarification",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "applications_clarificationevent" ("about_id", "answer_id", "asked_at", "asked_by_id", "closed_at", "closed_by_id", "due_at", "entry_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "questions", "state", "text") SELECT old_values."about_id", old_values."answer_id", old_values."asked_at", old_values."asked_by_id", old_values."closed_at", old_values."closed_by_id", old_values."due_at", old_values."entry_id", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."questions", old_values."state", old_values."text" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="8b777c395e31666412de3b412be9d7c0c7089e1d",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_77452",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="applications_clarification",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="clarificationevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="406784ad04d5b17c3ac56cf366f6741b881926a4",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_ff416",
                    table="applications_clarificationevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="helper",
            index=models.Index(fields=["person", "application"], name="application_person__ab4c33_idx"),
        ),
        migrations.AddConstraint(
            model_name="helper",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__gt", models.F("invited_at"))), name="helper_until_after_invited"
            ),
        ),
        migrations.AddConstraint(
            model_name="helper",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("accepted_at", None), ("person", None)),
                    models.Q(("accepted_at__isnull", False), ("person__isnull", False)),
                    _connector="OR",
                ),
                name="helper_taken_up_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="helper",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("application", "email"),
                name="helper_once_an_application",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="helper",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "applications_helperevent" ("accepted_at", "application_id", "ended_at", "ended_by_id", "id", "invited_at", "invited_by_id", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "until") SELECT new_values."accepted_at", new_values."application_id", new_values."ended_at", new_values."ended_by_id", new_values."id", new_values."invited_at", new_values."invited_by_id", new_values."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."until" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="633f8f6588facc35b240b81d4754f852cd3776aa",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_9f5d2",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="applications_helper",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="helper",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "applications_helperevent" ("accepted_at", "application_id", "ended_at", "ended_by_id", "id", "invited_at", "invited_by_id", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "until") SELECT new_values."accepted_at", new_values."application_id", new_values."ended_at", new_values."ended_by_id", new_values."id", new_values."invited_at", new_values."invited_by_id", new_values."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."until" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."accepted_at" IS DISTINCT FROM (new_values."accepted_at") OR old_values."application_id" IS DISTINCT FROM (new_values."application_id") OR old_values."ended_at" IS DISTINCT FROM (new_values."ended_at") OR old_values."ended_by_id" IS DISTINCT FROM (new_values."ended_by_id") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."invited_at" IS DISTINCT FROM (new_values."invited_at") OR old_values."invited_by_id" IS DISTINCT FROM (new_values."invited_by_id") OR old_values."person_id" IS DISTINCT FROM (new_values."person_id") OR old_values."until" IS DISTINCT FROM (new_values."until")) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="0b4ddc7f8306235a92564d8868c5fb1ce346e6cd",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_22130",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="applications_helper",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="helper",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "applications_helperevent" ("accepted_at", "application_id", "ended_at", "ended_by_id", "id", "invited_at", "invited_by_id", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "until") SELECT old_values."accepted_at", old_values."application_id", old_values."ended_at", old_values."ended_by_id", old_values."id", old_values."invited_at", old_values."invited_by_id", old_values."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."until" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="27359842ea0dce4af9a64e3e4e501e7a73efac6e",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_2662b",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="applications_helper",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="helperevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="fbd6ca607b55b115c25acd9a0a977a8cc77accc0",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_a0105",
                    table="applications_helperevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="remark",
            index=models.Index(fields=["entry", "question"], name="application_entry_i_6629d2_idx"),
        ),
        migrations.AddConstraint(
            model_name="remark",
            constraint=models.CheckConstraint(
                condition=models.Q(("settled_at", None), ("settled_at__gte", models.F("written_at")), _connector="OR"),
                name="remark_settled_after_written",
            ),
        ),
        migrations.AddConstraint(
            model_name="reuse",
            constraint=models.CheckConstraint(
                condition=models.Q(("entry", models.F("source")), _negated=True), name="reuse_of_another_entry"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reuse",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "applications_reuseevent" ("entry_id", "id", "left", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source_id", "taken", "taken_at") SELECT new_values."entry_id", new_values."id", new_values."left", new_values."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."source_id", new_values."taken", new_values."taken_at" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="61cf96523ce3c3b8cf4fa4d253200379eee3759c",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_57d11",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="applications_reuse",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reuse",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "applications_reuseevent" ("entry_id", "id", "left", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source_id", "taken", "taken_at") SELECT new_values."entry_id", new_values."id", new_values."left", new_values."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."source_id", new_values."taken", new_values."taken_at" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="9fb5f8db2ba03b4bcb70e1692864040707a59464",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_4f65c",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="applications_reuse",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reuse",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "applications_reuseevent" ("entry_id", "id", "left", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source_id", "taken", "taken_at") SELECT old_values."entry_id", old_values."id", old_values."left", old_values."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."source_id", old_values."taken", old_values."taken_at" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="9420fac943a9557b316fc45d7c50358aa59789ba",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_072a7",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="applications_reuse",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reuseevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="cd86e7987cfa7cc6a4dcf93e6d925bc01d286989",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_d1777",
                    table="applications_reuseevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
