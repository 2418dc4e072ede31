"""Words go into the indexes at once: a list of what waits would be read through by every search."""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations

VECTOR = GinIndex(fastupdate=False, fields=["vector"], name="call_search_vector")
FOLDED = GinIndex(fastupdate=False, fields=["folded"], name="call_search_folded", opclasses=["gin_trgm_ops"])


class Migration(migrations.Migration):
    dependencies = [("calls", "0008_enquiries")]

    operations = [
        migrations.RemoveIndex(model_name="callsearch", name="call_search_vector"),
        migrations.RemoveIndex(model_name="callsearch", name="call_search_folded"),
        migrations.AddIndex(model_name="callsearch", index=VECTOR),
        migrations.AddIndex(model_name="callsearch", index=FOLDED),
    ]
