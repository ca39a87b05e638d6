// Package authorize decides who may call a method: steps 1 to 3 of the pipeline.
//
// What comes in: exchanges whose method is known, and a Guard that was compiled for it. What goes out: the same exchange
// with its caller's identity filled in, or a *gatewayresponse.Error. Who a caller is, is found out by an Authorizer: one
// of the packages lambda, cognito and iam below. What the API's resource policy says is asked of package policy. Here
// the two are put together. A caller is let in by an allow only, never by a fault.
//
// Sources: developer guide, "How API Gateway resource policies affect authorization workflow"; "Control and manage access
// to REST APIs in API Gateway".
package authorize
