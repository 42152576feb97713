"""Parquet: a row a record, with a column `prompt` or `messages`."""
