"""Fixtures that several rooms share."""

pytest_plugins = ("command_line", "databases", "s3_server")
