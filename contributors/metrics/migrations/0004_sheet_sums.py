"""The sums of a month beside its sheet."""

import json

from django.db import migrations, models


def sum_up(apps, schema_editor):
    sheets = apps.get_model("metrics", "Sheet")
    for pk, text in sheets.objects.values_list("pk", "days").iterator():
        days = json.loads(text)
        sheets.objects.filter(pk=pk).update(
            total=sum(times for _, times in days["totals"]),
            received=sum(received for _, received, _ in days["received"]),
            expected=sum(expected for _, _, expected in days["received"]),
        )


class Migration(migrations.Migration):

    dependencies = [
        ('metrics', '0003_organizations'),
    ]

    operations = [
        migrations.AddField(
            model_name='sheet',
            name='total',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='sheet',
            name='received',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='sheet',
            name='expected',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.RunPython(sum_up, migrations.RunPython.noop),
    ]
