"""One module for each group of commands, so that serving loads none of them."""
