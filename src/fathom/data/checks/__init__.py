"""What the data check looks at, one file per kind of trouble."""
