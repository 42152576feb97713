"""The Batch API of OpenAI and of Azure OpenAI: requests in files, answered within a day at half the price."""
