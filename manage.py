#!/usr/bin/env python3
"""Every command of the site; builds its own environment when there is none."""

import os
import sys


def main() -> None:
    from config.bootstrap import enter_environment, prepare_quickstart, run_tests

    enter_environment(sys.argv)
    argv = sys.argv
    if argv[1:2] == ["bootstrap"]:
        return
    if argv[1:2] == ["test"]:
        run_tests(argv[2:])
    if argv[1:2] == ["quickstart"]:
        argv = prepare_quickstart(argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(argv)


if __name__ == "__main__":
    main()
