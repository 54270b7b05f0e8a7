"""The warehouse in PostgreSQL: schema, migrations, publication, access."""
