from django.db import migrations, models


def count_again(apps, schema_editor):
    """Where SQLite was told once how rows are spread, an index it knows nothing of misleads it."""
    if schema_editor.connection.vendor != "sqlite":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'")
        if cursor.fetchone()[0]:
            for model in ("WorkItem", "Completeness"):
                cursor.execute(f"ANALYZE {apps.get_model('activity', model)._meta.db_table}")


class Migration(migrations.Migration):

    dependencies = [
        ('activity', '0011_find_what_lacks'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='workitem',
            index=models.Index(fields=['repository', 'updated_at'], name='work_item_updated'),
        ),
        migrations.RunPython(count_again, migrations.RunPython.noop),
    ]
