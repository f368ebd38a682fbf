"""The page of an analysis: a file for each section, whose `body(analysis)` says what there is to say, or why not."""
