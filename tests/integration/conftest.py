"""What these tests share."""

from inboxes import inbox, objects

__all__ = ["inbox", "objects"]
