// MySQL and MariaDB: pieces of SQL that both servers understand.

/** Milliseconds since 1970, whatever the session's time zone. */
export const now = `(TIMESTAMPDIFF(MICROSECOND, '1970-01-01 00:00:00', UTC_TIMESTAMP(6)) DIV 1000)`

/** Shared lock, at the end of a SELECT. */
export const shared = 'LOCK IN SHARE MODE'
