"""Who was there in a month beside its sums, and an index of these."""

import json

from django.db import migrations, models


def note_people(apps, schema_editor):
    sheets = apps.get_model("metrics", "Sheet")
    for pk, acts in sheets.objects.values_list("pk", "acts").iterator():
        placed = (
            (0 if is_bot else person, place if isinstance(place, int) else place[0], day)
            for day, person, _, _, is_bot, place in zip(*json.loads(acts)["acts"])
        )
        known = [((who, where), day) for who, where, day in placed if who or where > 0]
        ends = {*dict(known).items(), *dict(reversed(known)).items()}
        rows = sorted((day, *who) for who, day in ends)
        people = list(zip(*rows)) if rows else [()] * 3
        sheets.objects.filter(pk=pk).update(people=json.dumps(people, separators=(",", ":")))


class Migration(migrations.Migration):

    dependencies = [('metrics', '0004_sheet_sums')]

    operations = [
        migrations.AddField(
            model_name='sheet',
            name='people',
            field=models.TextField(default='[[],[],[]]'),
        ),
        migrations.RemoveIndex('sheet', 'sheet_month'),
        migrations.AddIndex(
            'sheet',
            models.Index(
                fields=['month', 'repository', 'total', 'received', 'expected'], name='sheet_sums'
            ),
        ),
        migrations.RunPython(note_people, migrations.RunPython.noop),
    ]
