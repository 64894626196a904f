import json

from django.db import migrations

from community.lib.refusals import Sentence, SentenceField


def keep_as_said(apps, schema_editor):
    """What was said in one language stays as it was said."""
    for model, column in (("Source", "problem"), ("SyncRun", "error")):
        rows = apps.get_model("connections", model).objects
        for text in rows.order_by().values_list(column, flat=True).distinct():
            stored = json.dumps(Sentence.of(text).as_json())
            rows.filter(**{column: text}).update(**{column: stored})


class Migration(migrations.Migration):
    dependencies = [("connections", "0001_initial")]

    operations = [
        migrations.RunPython(keep_as_said, migrations.RunPython.noop),
        *(
            migrations.AlterField(
                model_name=model,
                name=column,
                field=SentenceField(
                    blank=True, default=Sentence
                ),
            )
            for model, column in (("source", "problem"), ("syncrun", "error"))
        ),
    ]
