"""What the tests of the API share."""

from doors import client, door, logged, sent, stranger, tools

__all__ = ["client", "door", "logged", "sent", "stranger", "tools"]
