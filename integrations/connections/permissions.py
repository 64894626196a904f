"""Who may touch connections: the maintainers of the site."""

import rules

rules.add_perm("connections.manage_connections", rules.is_staff)
