import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import portal.clock
import portal.documents.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0002_kept"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "token",
                    models.CharField(
                        default=portal.documents.models.new_token,
                        editable=False,
                        max_length=40,
                        unique=True,
                        verbose_name="token",
                    ),
                ),
                ("scope", models.CharField(max_length=150, verbose_name="purpose")),
                ("name", models.CharField(max_length=255, verbose_name="file name")),
                ("size", models.PositiveBigIntegerField(verbose_name="size in bytes")),
                ("modified", models.BigIntegerField(default=0, verbose_name="changed at, as the browser says")),
                ("chunk_size", models.PositiveIntegerField(verbose_name="size of a piece in bytes")),
                (
                    "created_at",
                    models.DateTimeField(default=portal.clock.now, editable=False, verbose_name="created at"),
                ),
                ("touched_at", models.DateTimeField(default=portal.clock.now, verbose_name="last piece at")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished at")),
                ("refusal", models.TextField(blank=True, verbose_name="why it was refused")),
            ],
            options={
                "verbose_name": "upload",
                "verbose_name_plural": "uploads",
                "ordering": ["created_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="UploadChunk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("index", models.PositiveIntegerField(verbose_name="number of the piece")),
                ("size", models.PositiveIntegerField(verbose_name="size in bytes")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("path", models.CharField(max_length=200, unique=True, verbose_name="place in the store")),
            ],
            options={
                "verbose_name": "piece of an upload",
                "verbose_name_plural": "pieces of uploads",
                "ordering": ["upload", "index"],
            },
        ),
        migrations.AddField(
            model_name="storedfile",
            name="preview",
            field=models.CharField(blank=True, max_length=200, verbose_name="place of the small picture"),
        ),
        migrations.AddField(
            model_name="storedfile",
            name="scan",
            field=models.CharField(
                choices=[
                    ("not_scanned", "not scanned"),
                    ("waiting", "being checked for viruses"),
                    ("clean", "checked for viruses"),
                    ("infected", "a virus was found"),
                ],
                default="not_scanned",
                max_length=12,
                verbose_name="virus scan",
            ),
        ),
        migrations.AddField(
            model_name="storedfile",
            name="scanned_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="scanned at"),
        ),
        migrations.AddField(
            model_name="storedfile",
            name="virus",
            field=models.CharField(blank=True, max_length=150, verbose_name="virus"),
        ),
        migrations.AddIndex(
            model_name="storedfile",
            index=models.Index(
                condition=models.Q(("scan", "waiting")), fields=["created_at"], name="file_waits_for_scan"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="storedfile",
            trigger=pgtrigger.compiler.Trigger(
                name="scan_transitions",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."scan", \':\', NEW."scan") = ANY(\'{not_scanned:waiting,waiting:clean,waiting:infected,clean:waiting}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."scan" IS DISTINCT FROM NEW."scan") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "scan" from "%" to "%" on table %\', OLD."scan", NEW."scan", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="582a5b6ce068a15c35afd3522fe8be8b9a83368c",
                    operation="UPDATE",
                    pgid="pgtrigger_scan_transitions_0c51f",
                    table="documents_storedfile",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="storedfile",
            constraint=models.CheckConstraint(
                condition=models.Q(("scan__in", ["not_scanned", "waiting", "clean", "infected"])),
                name="file_scan_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="storedfile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("scan__in", ["clean", "infected"]), _negated=True),
                    ("scanned_at__isnull", False),
                    _connector="OR",
                ),
                name="file_scanned_has_a_moment",
            ),
        ),
        migrations.AddField(
            model_name="upload",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="uploaded by",
            ),
        ),
        migrations.AddField(
            model_name="upload",
            name="stored",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="documents.storedfile",
                verbose_name="file",
            ),
        ),
        migrations.AddField(
            model_name="uploadchunk",
            name="upload",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="chunks", to="documents.upload"
            ),
        ),
        migrations.AddIndex(
            model_name="upload",
            index=models.Index(fields=["touched_at"], name="documents_u_touched_142b05_idx"),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.UniqueConstraint(
                condition=models.Q(("finished_at", None)),
                fields=("owner", "scope", "name", "size", "modified"),
                name="upload_open_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="uploadchunk",
            constraint=models.UniqueConstraint(fields=("upload", "index"), name="upload_chunk_once"),
        ),
    ]
