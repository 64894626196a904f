"""Who may begin rolls and appoint their officers: maintainers of the site."""

import rules

rules.add_perm("rolls.create_roll", rules.is_staff)
rules.add_perm("rolls.appoint_officer", rules.is_staff)
