"""What can be asked of data: one file per task."""
