"""Spans: how the parts of a trace are called, and what is said about them.

Names are those of OpenTelemetry's semantic conventions where these have one; the platform's own begin with `textnlp.`.
"""

TRACE_PROPERTY = "traceparent"
"""The property of a message, and the header of a request, that says which trace it belongs to (W3C Trace Context)."""

TRACE_RESPONSE_HEADER = "traceresponse"
"""The header of a response that says where its request is in a trace (W3C Trace Context, level 2)."""

PEER = "peer.service"
"""The part of the application map that is called."""

ERROR_TYPE = "error.type"
SERVER_ADDRESS = "server.address"

HTTP_METHOD = "http.request.method"
HTTP_ROUTE = "http.route"
HTTP_STATUS = "http.response.status_code"
URL_PATH = "url.path"
URL_SCHEME = "url.scheme"
REQUEST_ID = "textnlp.request.id"

MESSAGING_SYSTEM = "messaging.system"
MESSAGING_DESTINATION = "messaging.destination.name"
MESSAGING_OPERATION = "messaging.operation.name"
MESSAGING_OPERATION_TYPE = "messaging.operation.type"
MESSAGING_COUNT = "messaging.batch.message_count"
MESSAGING_ID = "messaging.message.id"
MESSAGING_DELIVERIES = "messaging.servicebus.message.delivery_count"

DB_SYSTEM = "db.system.name"
DB_OPERATION = "db.operation.name"
DB_SUMMARY = "db.query.summary"

BLOB_OPERATION = "textnlp.blob.operation"
BLOB_PATH = "textnlp.blob.path"
BLOB_BYTES = "textnlp.blob.size"

GEN_AI_OPERATION = "gen_ai.operation.name"
GEN_AI_PROVIDER = "gen_ai.provider.name"
GEN_AI_SYSTEM = "gen_ai.system"
"""The name that `gen_ai.provider.name` had before; Azure Monitor draws calls to models by this one."""

GEN_AI_MODEL = "gen_ai.request.model"
GEN_AI_MAX_TOKENS = "gen_ai.request.max_tokens"
GEN_AI_TEMPERATURE = "gen_ai.request.temperature"
GEN_AI_RESPONSE_MODEL = "gen_ai.response.model"
GEN_AI_FINISH_REASONS = "gen_ai.response.finish_reasons"
GEN_AI_INPUT_TOKENS = "gen_ai.usage.input_tokens"
GEN_AI_OUTPUT_TOKENS = "gen_ai.usage.output_tokens"
GEN_AI_INPUT_MESSAGES = "gen_ai.input.messages"
GEN_AI_OUTPUT_MESSAGES = "gen_ai.output.messages"
DEPLOYMENT = "textnlp.deployment"

BATCH_ID = "textnlp.batch.id"
