"""What the log is verified with: salts, hashes of the tree, and how far it was checked.

`LogHead` has the frontier of the tree, because the writer changes it with each batch.
"""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from activity.evidence.leaves import Salts
from organizations.models import Organization


class SaltBlock(models.Model):
    """The salts of 256 events: a key, or the salts themselves after one of them was erased."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    block = models.BigIntegerField()
    key = models.BinaryField(default=b"")
    salts = models.BinaryField(default=b"")

    class Meta:
        verbose_name = _("block of salts")
        verbose_name_plural = _("blocks of salts")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["organization", "block"], name="salt_block_once")
        ]

    def __str__(self) -> str:
        return f"{self.organization}: {self.block}"

    @property
    def unpacked(self) -> Salts:
        return Salts(bytes(self.key), bytes(self.salts))


class Tile(models.Model):
    """256 hashes of one level of the tree, or the first `width` of them, which are replaced later.

    Entry `n` of tile `index` of level 0 is the hash of leaf `256 * index + n`; of level 1, the hash
    of 256 leaves; of level 2, of 65,536 leaves; and so on, as in c2sp.org/tlog-tiles.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    level = models.SmallIntegerField()
    index = models.BigIntegerField()
    width = models.SmallIntegerField()
    hashes = models.BinaryField()

    class Meta:
        verbose_name = _("tile")
        verbose_name_plural = _("tiles")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "level", "index", "width"], name="tile_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization}: {self.level}/{self.index}.{self.width}"


class Subtree(models.Model):
    """The hash of 65,536 leaves, from the writer, which the worker compares with its own."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    index = models.BigIntegerField()
    hash = models.BinaryField()

    class Meta:
        verbose_name = _("subtree")
        verbose_name_plural = _("subtrees")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["organization", "index"], name="subtree_once")
        ]

    def __str__(self) -> str:
        return f"{self.organization}: {self.index}"


class EvidenceState(models.Model):
    """How far the tiles of a log reach: the first `tiled` events.

    `problem` says where the worker found events that differ from the tree. It is empty otherwise.
    """

    organization = models.OneToOneField(
        Organization, models.PROTECT, primary_key=True, related_name="+"
    )
    tiled = models.BigIntegerField(default=0)
    tiled_at = models.DateTimeField(null=True)
    problem = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("state of evidence")
        verbose_name_plural = _("states of evidence")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.organization}: {self.tiled}"

    @classmethod
    def of(cls, organization: Organization) -> Self:
        return cls.objects.get_or_create(organization=organization)[0]
