"""Brings the templates of an environment to Azure, and takes what they made away again."""
