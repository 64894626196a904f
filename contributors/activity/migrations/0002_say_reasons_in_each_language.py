import json

from django.db import migrations, models

from community.lib.refusals import Sentence, SentenceField


def keep_as_said(apps, schema_editor):
    """What was said in one language stays as it was said."""
    rows = apps.get_model("activity", "Completeness").objects
    for reason in rows.order_by().values_list("reason", flat=True).distinct():
        stored = json.dumps(Sentence.of(reason).as_json())
        rows.filter(reason=reason).update(reason=stored)


class Migration(migrations.Migration):
    dependencies = [("activity", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="completeness", name="reason", field=models.TextField(blank=True)
        ),
        migrations.RunPython(keep_as_said, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="completeness",
            name="reason",
            field=SentenceField(
                blank=True, default=Sentence
            ),
        ),
    ]
