"""How often the tags are right: labelled calls, scores with their intervals, and calls made harder on purpose."""
