package message

// IntegrationRequest is what goes to the integration, as parameter mapping, templates and overrides made it.
type IntegrationRequest struct {
	// Method is the verb the backend is called with.
	Method string
	// Path fills the {name} placeholders of the integration's URI.
	Path Pairs
	// Query and Header hold what was mapped or overridden; what a proxy integration passes on of the client's own is
	// added by the integration.
	Query  Pairs
	Header Pairs
	Body   []byte
	// Buffer is memory for a rendered Body; it outlives the exchange.
	Buffer []byte
}

// Reset empties r and keeps its memory.
func (r *IntegrationRequest) Reset() {
	r.Path.Reset()
	r.Query.Reset()
	r.Header.Reset()
	*r = IntegrationRequest{Path: r.Path, Query: r.Query, Header: r.Header, Buffer: kept(r.Buffer)}
}

// IntegrationResponse is what the integration answered, before it is mapped.
type IntegrationResponse struct {
	Status int
	Header Pairs
	Body   []byte
	// Selection is the text that selection patterns are matched against: the status code, or for Lambda functions
	// the error message.
	Selection string
	// FunctionError says that Body is the error of a Lambda function: its errorMessage may be JSON text.
	FunctionError bool
	// Buffer is memory for a body rendered from this one; it outlives the exchange.
	Buffer []byte
}

// Reset empties r and keeps its memory.
func (r *IntegrationResponse) Reset() {
	r.Header.Reset()
	*r = IntegrationResponse{Header: r.Header, Buffer: kept(r.Buffer)}
}

// Error is what $context.error shows of an early end.
type Error struct {
	// ResponseType is the gateway response type, "MISSING_AUTHENTICATION_TOKEN".
	ResponseType string
	Message      string
	// MessageString is Message as a JSON text, null when there is none; errors of the execution have a blank in front.
	MessageString string
	// ValidationErrorString is the detail of a failed request validation.
	ValidationErrorString string
}

// kept is memory for the next exchange, unless it has grown beyond what is worth keeping.
func kept(buffer []byte) []byte {
	if cap(buffer) > maxKeptMemory {
		return nil
	}
	return buffer[:0]
}
