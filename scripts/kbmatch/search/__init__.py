"""Full text over the knowledge, in both languages."""
