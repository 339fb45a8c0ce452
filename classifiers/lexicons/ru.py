"""Russian: words and patterns, no logic. The three languages have the same names inside."""

# --- Channels and how people speak of them (classifiers/kinds/mentions.py) ---

# --- Lead quality and outcome (classifiers/kinds/quality.py, outcome.py) ---
