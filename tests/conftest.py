"""Fixtures that several rooms share."""

pytest_plugins = ("s3_server",)
