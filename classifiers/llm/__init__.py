"""Of the classifier `llm`: the question, the endpoint, what it costs, and the answer read with distrust."""
