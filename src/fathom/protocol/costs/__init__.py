"""What a contender costs: time, latency, energy, money."""
