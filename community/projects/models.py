"""Projects and the repositories that belong to them."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community.projects.querysets import ProjectQuerySet, RepositoryQuerySet

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

LONGEST_TEXT = 10_000


class Project(models.Model):
    """What the community makes: code, a model, a data set, a benchmark or documents."""

    class Kind(models.TextChoices):
        CODE = "code", _("Code")
        MODEL = "model", _("Model")
        DATASET = "dataset", _("Dataset")
        BENCHMARK = "benchmark", _("Benchmark")
        DOCS = "docs", _("Documents")

    class Stage(models.TextChoices):
        SANDBOX = "sandbox", _("Sandbox")
        INCUBATING = "incubating", _("Incubating")
        GRADUATED = "graduated", _("Graduated")
        EMERITUS = "emeritus", _("Emeritus")

    slug = models.SlugField(_("short name in addresses"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.CODE)
    stage = models.CharField(
        _("stage"), max_length=12, choices=Stage.choices, default=Stage.SANDBOX
    )
    summary = models.CharField(_("what it is, in one sentence"), max_length=300, blank=True)
    direction = models.TextField(_("direction"), blank=True, max_length=LONGEST_TEXT)
    scenarios = models.TextField(_("scenarios"), blank=True, max_length=LONGEST_TEXT)
    core_value = models.TextField(_("core value"), blank=True, max_length=LONGEST_TEXT)
    vision = models.TextField(_("vision"), blank=True, max_length=LONGEST_TEXT)
    mission = models.TextField(_("mission"), blank=True, max_length=LONGEST_TEXT)
    license = models.CharField(_("license (SPDX expression)"), max_length=200, blank=True)
    links = models.JSONField(default=list, blank=True)  # [{"label": ..., "url": ...}]
    topics = models.JSONField(_("topics"), default=list, blank=True)
    maintainers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="maintained_projects"
    )
    search_text = models.TextField(blank=True, editable=False)
    created_at = models.DateTimeField()

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("projects:detail", args=[self.slug])

    def positioning(self) -> "list[tuple[_StrOrPromise, str]]":
        """The chapters that are written, each with its title."""
        chapters = [
            (_("Direction"), self.direction),
            (_("Scenarios"), self.scenarios),
            (_("Core value"), self.core_value),
            (_("Vision"), self.vision),
            (_("Mission"), self.mission),
        ]
        return [(title, text) for title, text in chapters if text]


class ProjectSlug(models.Model):
    """A short name that a project carried before; its addresses lead to the new one."""

    slug = models.SlugField(max_length=80, unique=True)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="old_slugs")
    retired_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.slug


class Repository(models.Model):
    """A repository of a project, known by its provider's id; the name is a label."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="repositories")
    provider = models.CharField(max_length=40)  # github, git
    external_id = models.CharField(max_length=191)
    name = models.CharField(max_length=255)  # owner/name at GitHub, folder or path for git
    url = models.URLField(max_length=500, blank=True)
    clone_url = models.CharField(max_length=500, blank=True)
    default_branch = models.CharField(max_length=255, blank=True)
    description = models.TextField(blank=True)
    is_archived = models.BooleanField(default=False)
    # At its source: not everybody may read it.
    is_private = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField()

    objects = RepositoryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "repositories"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "external_id"], name="repository_provider_external_id"
            )
        ]

    def __str__(self) -> str:
        return self.name
