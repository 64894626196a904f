"""Who may write criteria: maintainers of the site. Everybody may read them."""

import rules

rules.add_perm("criteria.write_rule", rules.is_staff)
