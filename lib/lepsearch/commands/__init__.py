"""One module a subcommand of `lepsearch`."""
