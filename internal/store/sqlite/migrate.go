package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"slices"
)

//go:embed migrations/*.sql
var migrations embed.FS

// applicationID marks an SQLite file as a Postern store: "PSTN" as four bytes.
const applicationID = 0x5053544e

// migrate brings a file to the schema of this program. The schema of a file is how many migrations it has seen, kept in
// its user_version; each migration is one transaction.
func migrate(ctx context.Context, conn *sql.Conn) error {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	slices.Sort(names)
	schema, err := identify(ctx, conn)
	if err != nil {
		return err
	}
	if schema > len(names) {
		return fmt.Errorf("it was written by a newer version of Postern (schema %d, this version knows %d): "+
			"upgrade Postern, or use another data directory", schema, len(names))
	}
	for i, name := range names[schema:] {
		if err := apply(ctx, conn, name, schema+i+1); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// identify reads the schema of a file, 0 if it is empty, and refuses what some other program wrote.
func identify(ctx context.Context, conn *sql.Conn) (schema int, err error) {
	var id, tables int
	row := conn.QueryRowContext(ctx, `SELECT
		(SELECT application_id FROM pragma_application_id),
		(SELECT user_version FROM pragma_user_version),
		(SELECT count(*) FROM sqlite_schema)`)
	if err := row.Scan(&id, &schema, &tables); err != nil {
		return 0, err
	}
	if id != applicationID && (id != 0 || schema != 0 || tables != 0) {
		return 0, fmt.Errorf("it is an SQLite database of another program")
	}
	return schema, nil
}

func apply(ctx context.Context, conn *sql.Conn, name string, schema int) error {
	script, err := migrations.ReadFile(name)
	if err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, fmt.Sprintf("BEGIN IMMEDIATE;\n%s\nPRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT;",
		script, applicationID, schema))
	return err
}
