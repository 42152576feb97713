"""Fine-tuning jobs of OpenAI, of Azure OpenAI, and of whoever speaks as they do."""
