"""What elections follow."""

from community.jobs.topics import subscribe

subscribe("ballots.counted", "ballots.clear_box")
subscribe("ballots.cast", "ballots.tell_of_ballot")
subscribe("ballots.nominated", "ballots.tell_nominee")
subscribe("ballots.announced", "ballots.tell_announced")
subscribe("ballots.published", "ballots.tell_published")
subscribe("ballots.count_stopped", "ballots.tell_stopped")
subscribe("ballots.canceled", "ballots.tell_canceled")
subscribe("ballots.canceled", "ballots.clear_box")
subscribe("people.erased", "ballots.forget_candidate")
