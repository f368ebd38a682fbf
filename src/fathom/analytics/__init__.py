"""What documents say, without labels: topics, key phrases, duplicates, summaries, what stands out, terms to review."""
