from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('metrics', '0004_sheet_sums')]

    operations = [
        migrations.RemoveIndex('sheet', 'sheet_month'),
        migrations.AddIndex(
            'sheet',
            models.Index(
                fields=['month', 'repository', 'total', 'received', 'expected'], name='sheet_sums'
            ),
        ),
    ]
