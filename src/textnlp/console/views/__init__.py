"""The console's pages, a file for each thing that they are about."""
