"""Who reads digests: the maintainers of a project, and those of the site."""

import rules

from community.projects.permissions import maintains

rules.add_perm("digests.read_digest", rules.is_staff | maintains)
