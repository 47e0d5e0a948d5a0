// PostgreSQL: milliseconds since 1970 by the server's clock, which moves within a transaction.

export const now = `(extract(epoch FROM clock_timestamp()) * 1000)::bigint`
