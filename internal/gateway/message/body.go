package message

// SetBody makes body the response's, and its memory r's own. It is for bodies that were built in r.Memory, or in memory
// that nothing else uses.
func (r *Response) SetBody(body []byte) {
	r.Body = body
	r.SetMemory(body)
}
