"""Series: values at even steps of time, and the windows that are cut out of them."""
