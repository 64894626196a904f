from hashlib import sha256

from django.db import migrations

from community.lib.refusals import Refused
from integrations.connections.sealing import unseal


def move(apps, schema_editor):
    """Each token becomes the one credential of its connection, sealed as it was."""
    Credential = apps.get_model("connections", "Credential")
    for one in apps.get_model("connections", "Connection").objects.exclude(sealed_token=""):
        try:
            known = unseal(one.sealed_token)
        except Refused:  # sealed with a secret that is lost; the page asks for it anew
            known = one.sealed_token
        Credential.objects.create(
            connection=one,
            kind="token",
            sealed_secret=one.sealed_token,
            ending=one.token_ending,
            mark=sha256(known.encode()).hexdigest()[:12],
            created_by=one.created_by,
            created_at=one.created_at,
        )


def move_back(apps, schema_editor):
    """The first token of each connection; others and apps had no place before."""
    Credential = apps.get_model("connections", "Credential")
    for one in Credential.objects.filter(kind="token").order_by("-pk"):
        one.connection.sealed_token = one.sealed_secret
        one.connection.token_ending = one.ending
        one.connection.save()


class Migration(migrations.Migration):

    dependencies = [
        ('connections', '0004_credential'),
    ]

    operations = [
        migrations.RunPython(move, move_back),
        migrations.RemoveField(
            model_name='connection',
            name='sealed_token',
        ),
        migrations.RemoveField(
            model_name='connection',
            name='token_ending',
        ),
    ]
