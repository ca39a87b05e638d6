package lambda

// location is where the code of a version can be fetched.
func (l *Lambda) location(at ref, v *version) string {
	if v.Code.Folder != "" {
		return "file://" + v.Code.Folder
	}
	endpoint := ""
	if s := l.options.Runtime.Surroundings; s != nil {
		endpoint = s.Endpoint()
	}
	return endpoint + "/_postern/lambda/code/" + at.scope.Account + "/" + at.scope.Region + "/" + at.name + "/" + v.Code.Key
}
