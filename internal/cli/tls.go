package cli

import "postern/internal/server"

// TLS are the flags of the TLS port.
type TLS struct {
	TLSListen      string            `name:"tls-listen" placeholder:"ADDR" help:"Address of a TLS port, where custom domain names are served with their certificates. Default: none."`
	TLSCertificate string            `name:"tls-certificate" type:"existingfile" placeholder:"FILE" help:"Certificate chain in PEM for every host that is no custom domain name. Default: one that the server signs itself."`
	TLSKey         string            `name:"tls-key" type:"existingfile" placeholder:"FILE" help:"Its private key in PEM."`
	Truststore     map[string]string `mapsep:"none" placeholder:"S3URI=FILE" help:"File that is read in place of the truststore s3://bucket/key of a domain name with mutual TLS; may be given several times. Default: S3 is asked."`
}

// options are the server's, as the flags give them.
func (t *TLS) options() server.TLSOptions {
	return server.TLSOptions{Listen: t.TLSListen, Certificate: t.TLSCertificate, Key: t.TLSKey, Truststores: t.Truststore}
}
