"""Charts as inline SVG, drawn here and coloured by the page's style sheet.

Why not Plotly: its script is 4.8 MB in every report, builds functions from strings and writes style elements, so
that a page with it cannot forbid either; and its pictures are empty without a script. These are a few kilobytes,
follow light, dark and print by themselves, can be read before any script runs, and are hovered all the same.
"""
