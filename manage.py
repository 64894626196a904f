#!/usr/bin/env python3
"""Every command of the site; builds its own environment when there is none."""

import os
import sys


def main() -> None:
    from config.bootstrap import enter_environment, run_tests, write_secrets

    enter_environment(sys.argv)
    if sys.argv[1:2] == ["test"]:
        run_tests(sys.argv[2:])
    if sys.argv[1:2] == ["quickstart"]:
        write_secrets()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
