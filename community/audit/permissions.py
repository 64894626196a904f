"""Who may read the log."""

import rules

rules.add_perm("audit.read_log", rules.is_staff)
