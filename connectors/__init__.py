"""A provider's bytes and names to facts about calls: pure, one file for each format."""
