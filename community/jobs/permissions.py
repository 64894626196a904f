"""Who may look after jobs."""

import rules

rules.add_perm("jobs.see_jobs", rules.is_staff)
rules.add_perm("jobs.steer_jobs", rules.is_staff)
