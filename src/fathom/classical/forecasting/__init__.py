"""Forecasts by classical means: each series by itself, or all of them at once."""
