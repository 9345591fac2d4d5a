"""Counters of sign-in attempts."""

from django.db import models


class AttemptBucket(models.Model):
    """The bucket of an account, an IP address or a browser: see `activity.buckets`.

    `key` is a keyed hash, because people sometimes type their password as their email address.
    """

    key = models.CharField(max_length=64, primary_key=True)
    bucket_full_at = models.BigIntegerField(db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.key
