"""Who may see who drifts away: site maintainers, and a project's maintainers within it."""

import rules

from community.projects.permissions import maintains

rules.add_perm("retention.follow_up", rules.is_staff | maintains)
