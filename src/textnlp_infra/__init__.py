"""The Azure estate as typed values: it reads `textnlp.topology` and writes templates for Azure Resource Manager."""
