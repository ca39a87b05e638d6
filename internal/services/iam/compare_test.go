package iam

import (
	"github.com/aws/smithy-go/document"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// ignoreNoSmithy leaves out the marker that every type of the SDK carries.
var ignoreNoSmithy = cmp.Options{cmpopts.IgnoreTypes(document.NoSerde{})}
