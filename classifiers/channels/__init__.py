"""Which channels a conversation speaks of: places, who found what where, questions and their answers."""
