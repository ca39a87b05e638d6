package apidef

import "postern/internal/aws/awserr"

// SDKType is a kind of client library that GetSdk generates.
// Source: API Gateway API reference, SdkType and SdkConfigurationProperty; the friendly names and descriptions are ours.
type SDKType struct {
	ID, FriendlyName, Description string
	Properties                    []SDKProperty
}

// SDKProperty is a query parameter of GetSdk.
type SDKProperty struct {
	Name, FriendlyName, Description string
	Required                        bool
	DefaultValue                    string // "" for none
}

// ErrNoSDKType is what GetSdkType answers to an unknown type; the text is inferred.
var ErrNoSDKType = awserr.NotFound.Errorf("Invalid SDK type identifier specified")

// SDKTypes are the types that AWS offers.
// Source: API Gateway API reference, GetSdk, sdkType and parameters.
func SDKTypes() []SDKType {
	classPrefix := []SDKProperty{{"classPrefix", "Prefix", "Prefix of the names of the generated classes", true, ""}}
	return []SDKType{
		{"java", "Java SDK", "Generates a client library for Java", []SDKProperty{
			{"serviceName", "Service Name", "Name of the service, from which that of the client class is made", true, ""},
			{"javaPackageName", "Java Package Name", "Name of the package of the generated classes", true, ""},
		}},
		{"javascript", "JavaScript", "Generates a client library for browsers", nil},
		{"android", "Android", "Generates a client library for Android", []SDKProperty{
			{"groupId", "Group ID", "Maven group of the generated artifact", true, ""},
			{"artifactId", "Artifact ID", "Maven name of the generated artifact", true, ""},
			{"artifactVersion", "Artifact Version", "Maven version of the generated artifact", true, ""},
			{"invokerPackage", "Invoker Package", "Name of the package of the generated classes", true, ""},
		}},
		{"objectivec", "iOS (Objective-C)", "Generates a client library for iOS in Objective-C", classPrefix},
		{"swift", "iOS (Swift)", "Generates a client library for iOS in Swift", classPrefix},
		{"ruby", "Ruby", "Generates a gem", []SDKProperty{
			{"service.name", "Service Name", "Name of the service, from which that of the module is made", true, ""},
			{"ruby.gem-name", "Ruby Gem Name", "Name of the generated gem", false, ""},
			{"ruby.gem-version", "Ruby Gem Version", "Version of the generated gem", false, ""},
		}},
	}
}
