"""How ratings were given: each rater beside others and beside data, and ratings returned to be looked at again."""
