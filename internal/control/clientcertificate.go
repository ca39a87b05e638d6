package control

import (
	"context"

	"postern/internal/apidef"
	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
)

const kindClientCertificate = "clientcertificate" // {id}

// GenerateClientCertificate makes a client certificate. The key pair is made before the transaction, which is to be short.
func (c *Control) GenerateClientCertificate(ctx context.Context, call *wire.Call, in *apigateway.GenerateClientCertificateRequest) (*apigateway.ClientCertificate, error) {
	if err := apidef.CheckTags(nil, in.Tags, *c.options.Limits); err != nil {
		return nil, err
	}
	v, err := apidef.GenerateClientCertificate(c.options.Clock())
	if err != nil {
		return nil, err
	}
	v.Description, v.Tags = value(in.Description), in.Tags
	return publish(ctx, c, call, func(r records) (*apigateway.ClientCertificate, error) {
		n, err := r.count(kindClientCertificate, "")
		if err != nil {
			return nil, err
		}
		if n >= c.options.Limits.ClientCertificates {
			return nil, awserr.LimitExceeded.Errorf("Maximum number of Client Certificates for this account has been reached.  Please contact AWS if you need additional Client Certificates.")
		}
		if v.ID, err = c.newID(r, kindClientCertificate, "", resourceIDLength); err != nil {
			return nil, err
		}
		return clientCertificateAnswer(v, tagsWhenSet), put(r, kindClientCertificate, v.ID, v)
	})
}

func (r records) clientCertificate(id string) (*apidef.ClientCertificate, error) {
	return find[apidef.ClientCertificate](r, kindClientCertificate, id, apidef.ErrNoClientCertificate)
}

// GetClientCertificate answers one client certificate, without its private key.
func (c *Control) GetClientCertificate(ctx context.Context, call *wire.Call, in *apigateway.GetClientCertificateRequest) (*apigateway.ClientCertificate, error) {
	return view(ctx, c, call, func(r records) (*apigateway.ClientCertificate, error) {
		v, err := r.clientCertificate(in.ClientCertificateID)
		if err != nil {
			return nil, err
		}
		return clientCertificateAnswer(v, tagsAlways), nil
	})
}

// GetClientCertificates lists client certificates, by id.
func (c *Control) GetClientCertificates(ctx context.Context, call *wire.Call, in *apigateway.GetClientCertificatesRequest) (*apigateway.ClientCertificates, error) {
	return view(ctx, c, call, func(r records) (*apigateway.ClientCertificates, error) {
		all, err := list[apidef.ClientCertificate](r, kindClientCertificate, "")
		if err != nil {
			return nil, err
		}
		cut, next, err := page(all, func(v *apidef.ClientCertificate) string { return v.ID }, in.Position, in.Limit)
		if err != nil {
			return nil, err
		}
		items := answers(cut, func(v *apidef.ClientCertificate) apigateway.ClientCertificate {
			return *clientCertificateAnswer(v, tagsWhenSet)
		})
		return &apigateway.ClientCertificates{Items: items, Position: next}, nil
	})
}

// UpdateClientCertificate patches a client certificate's description.
func (c *Control) UpdateClientCertificate(ctx context.Context, call *wire.Call, in *apigateway.UpdateClientCertificateRequest) (*apigateway.ClientCertificate, error) {
	return update(ctx, c, call, func(r records) (*apigateway.ClientCertificate, error) {
		v, err := r.clientCertificate(in.ClientCertificateID)
		if err != nil {
			return nil, err
		}
		if v, err = v.Patch(patchOperations(in.PatchOperations)); err != nil {
			return nil, err
		}
		return clientCertificateAnswer(v, tagsAlways), put(r, kindClientCertificate, v.ID, v)
	})
}

// DeleteClientCertificate removes a client certificate that no stage shows. The text of the refusal is inferred.
func (c *Control) DeleteClientCertificate(ctx context.Context, call *wire.Call, in *apigateway.DeleteClientCertificateRequest) error {
	_, err := publish(ctx, c, call, func(r records) (none struct{}, err error) {
		v, err := r.clientCertificate(in.ClientCertificateID)
		if err != nil {
			return none, err
		}
		apis, err := list[apidef.RestAPI](r, kindRestAPI, "")
		if err != nil {
			return none, err
		}
		for _, api := range apis {
			stages, err := list[apidef.Stage](r, kindStage, api.ID+"/")
			if err != nil {
				return none, err
			}
			for _, stage := range stages {
				if stage.ClientCertificateID == v.ID {
					return none, awserr.BadRequest.Errorf("Cannot delete client certificate '%s', is referenced in stage: %s:%s", v.ID, api.ID, stage.StageName)
				}
			}
		}
		return none, r.delete(kindClientCertificate, v.ID)
	})
	return err
}

func clientCertificateAnswer(v *apidef.ClientCertificate, showTags bool) *apigateway.ClientCertificate {
	return &apigateway.ClientCertificate{
		ClientCertificateID:   &v.ID,
		Description:           optional(v.Description),
		PEMEncodedCertificate: &v.PEMEncodedCertificate,
		CreatedDate:           new(wire.Timestamp(v.CreatedDate)),
		ExpirationDate:        new(wire.Timestamp(v.ExpirationDate)),
		Tags:                  tagsOf(v.Tags, showTags),
	}
}
