"""What `earmark` can be told, a file for each group of commands. They parse, call the rooms, and print.

Heavy imports stand inside the commands, so that `earmark --help` answers at once.
"""
