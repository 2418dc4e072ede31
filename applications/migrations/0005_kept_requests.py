import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0004_together"),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name="clarification",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_fields",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."entry_id" IS DISTINCT FROM (NEW."entry_id") OR OLD."questions" IS DISTINCT FROM (NEW."questions") OR OLD."text" IS DISTINCT FROM (NEW."text") OR OLD."asked_at" IS DISTINCT FROM (NEW."asked_at") OR OLD."due_at" IS DISTINCT FROM (NEW."due_at") OR OLD."about_id" IS DISTINCT FROM (NEW."about_id"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="1e5486d0ab0c4a89847219ccd21df0b542d6f3fd",
                    operation="UPDATE",
                    pgid="pgtrigger_fixed_fields_fd366",
                    table="applications_clarification",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reuse",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_fields",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."entry_id" IS DISTINCT FROM (NEW."entry_id") OR OLD."source_id" IS DISTINCT FROM (NEW."source_id") OR OLD."taken_at" IS DISTINCT FROM (NEW."taken_at") OR OLD."taken" IS DISTINCT FROM (NEW."taken") OR OLD."left" IS DISTINCT FROM (NEW."left"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="2e78410167bec2d70e991570f8f90b2d47547246",
                    operation="UPDATE",
                    pgid="pgtrigger_fixed_fields_7d08d",
                    table="applications_reuse",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reuse",
            trigger=pgtrigger.compiler.Trigger(
                name="kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="085ca2049b2edc2fa9aadd33ab3ad56182c81b76",
                    operation="DELETE",
                    pgid="pgtrigger_kept_cf72f",
                    table="applications_reuse",
                    when="BEFORE",
                ),
            ),
        ),
    ]
