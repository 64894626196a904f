"""Who may do what with projects."""

import rules

from community.people.models import Person
from community.projects.models import Project


def _maintains(person: Person, project: Project | None) -> bool:
    """Looks after this project."""
    if project is None or not person.is_active or person.pk is None:
        return False
    return project.maintainers.filter(pk=person.pk).exists()


maintains = rules.predicate(_maintains)

rules.add_perm("projects.add_project", rules.is_staff)
rules.add_perm("projects.change_project", rules.is_staff | maintains)
# Stages are granted by the community, not taken by the project itself.
rules.add_perm("projects.set_stage", rules.is_staff)
