"""The command line `hookswitch`: one small file per group of commands."""
