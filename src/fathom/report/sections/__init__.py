"""The sections of the page, one file each: `body(evidence)` says what there is to say, or why there is nothing."""
