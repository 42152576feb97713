"""An Azure Service Bus of one process, which the unmodified `azure-servicebus` talks AMQP 1.0 to."""
