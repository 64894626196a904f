from django.db import migrations

from governance.ballots.triggers import lift, protect


def forwards(apps, schema_editor):
    protect(schema_editor.connection)


def backwards(apps, schema_editor):
    lift(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("ballots", "0004_refuse_going_back")]

    operations = [migrations.RunPython(forwards, backwards)]
