"""Fixtures that several rooms share."""

pytest_plugins = ("databases", "s3_server")
