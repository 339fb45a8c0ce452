"""What was learned from labelled calls: dialogue acts turn by turn, and from these the tags of a call."""
