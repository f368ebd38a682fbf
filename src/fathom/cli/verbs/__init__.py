"""One file per verb; `fathom.cli.app.VERBS` names them."""
