import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("calls", "0010_corrigenda_kept"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="stage",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="stage",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="stage",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="stage",
            name="submitted_by",
            field=models.CharField(
                choices=[("head", "the head of the municipality"), ("editor", "the head or an editor")],
                default="head",
                help_text="Who confirms the application and submits it for the municipality. Editors write in either case.",
                max_length=6,
                verbose_name="submitted by",
            ),
        ),
        # Whoever could submit in a call that was published before goes on to be able to.
        migrations.RunSQL(
            "UPDATE calls_stage SET submitted_by = 'editor' FROM calls_call c "
            "WHERE c.id = call_id AND c.published_at IS NOT NULL",
            migrations.RunSQL.noop,
        ),
        migrations.AddField(
            model_name="stageevent",
            name="submitted_by",
            field=models.CharField(
                choices=[("head", "the head of the municipality"), ("editor", "the head or an editor")],
                default="head",
                help_text="Who confirms the application and submits it for the municipality. Editors write in either case.",
                max_length=6,
                verbose_name="submitted by",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="stage",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "calls_stageevent" ("admission", "call_id", "code", "deadline", "grace_minutes", "id", "keep_requested_within_percent", "kind", "opens_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "submitted_by", "title", "title_az", "title_en", "title_hy", "title_ka", "title_ro", "title_ru", "title_uk") SELECT new_values."admission", new_values."call_id", new_values."code", new_values."deadline", new_values."grace_minutes", new_values."id", new_values."keep_requested_within_percent", new_values."kind", new_values."opens_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."position", new_values."submitted_by", new_values."title", new_values."title_az", new_values."title_en", new_values."title_hy", new_values."title_ka", new_values."title_ro", new_values."title_ru", new_values."title_uk" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="3ee9217a6b86c5f1822d2d62e4507955656a8ed4",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_50369",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="calls_stage",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="stage",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "calls_stageevent" ("admission", "call_id", "code", "deadline", "grace_minutes", "id", "keep_requested_within_percent", "kind", "opens_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "submitted_by", "title", "title_az", "title_en", "title_hy", "title_ka", "title_ro", "title_ru", "title_uk") SELECT new_values."admission", new_values."call_id", new_values."code", new_values."deadline", new_values."grace_minutes", new_values."id", new_values."keep_requested_within_percent", new_values."kind", new_values."opens_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."position", new_values."submitted_by", new_values."title", new_values."title_az", new_values."title_en", new_values."title_hy", new_values."title_ka", new_values."title_ro", new_values."title_ru", new_values."title_uk" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="2be86b86e0eb4150335e04edaf0b734b132cd35d",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_a7100",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="calls_stage",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="stage",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "calls_stageevent" ("admission", "call_id", "code", "deadline", "grace_minutes", "id", "keep_requested_within_percent", "kind", "opens_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "submitted_by", "title", "title_az", "title_en", "title_hy", "title_ka", "title_ro", "title_ru", "title_uk") SELECT old_values."admission", old_values."call_id", old_values."code", old_values."deadline", old_values."grace_minutes", old_values."id", old_values."keep_requested_within_percent", old_values."kind", old_values."opens_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."position", old_values."submitted_by", old_values."title", old_values."title_az", old_values."title_en", old_values."title_hy", old_values."title_ka", old_values."title_ro", old_values."title_ru", old_values."title_uk" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="814ef88711ad93a74800abc06046727466e33b09",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_00041",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="calls_stage",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="stage",
            constraint=models.CheckConstraint(
                condition=models.Q(("submitted_by__in", ["head", "editor"])), name="stage_submitted_by_somebody_known"
            ),
        ),
    ]
