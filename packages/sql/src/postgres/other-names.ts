// PostgreSQL: other names by which rows of a table can be written. Its rows also stand in its partitions and children, and are written
// through those, their parents, and views over any of them. Upholds W10.

/** What the views of `rows` write: the table in FROM, where the view is updatable by itself; else whatever it or its rules and triggers name. */
const viewsOver = `
  JOIN pg_depend AS d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = n.oid AND d.classid = 'pg_rewrite'::regclass
  JOIN pg_rewrite AS w ON w.oid = d.objid AND w.ev_class <> n.oid AND w.ev_enabled <> 'D'
  JOIN pg_class AS v ON v.oid = w.ev_class AND v.relkind = 'v'
  WHERE w.ev_type <> '1'
    OR EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = v.oid AND t.tgtype & 64 <> 0 AND t.tgenabled <> 'D')
    OR (pg_relation_is_updatable(v.oid, false) & 28 <> 0 AND n.oid = (
      SELECT r.entry[1]::oid FROM regexp_matches(w.ev_action::text, ':relid (\\d+)', 'g') WITH ORDINALITY AS r(entry, place)
      WHERE r.entry[1]::oid <> v.oid ORDER BY r.place LIMIT 1))`

/** Of the tables with the ids $1: id of the table, schema and name of the other. */
export const otherNames = `
  WITH RECURSIVE below(origin, oid) AS (
    SELECT id, id FROM unnest($1::oid[]) AS id
    UNION
    SELECT b.origin, i.inhrelid FROM below AS b JOIN pg_inherits AS i ON i.inhparent = b.oid
  ), family(origin, oid) AS (
    SELECT origin, oid FROM below
    UNION
    SELECT f.origin, i.inhparent FROM family AS f JOIN pg_inherits AS i ON i.inhrelid = f.oid
  ), named(origin, oid) AS (
    SELECT origin, oid FROM family
    UNION
    SELECT n.origin, v.oid FROM named AS n ${viewsOver}
  )
  SELECT n.origin::text, s.nspname, c.relname
  FROM named AS n JOIN pg_class AS c ON c.oid = n.oid JOIN pg_namespace AS s ON s.oid = c.relnamespace
  WHERE n.oid <> n.origin ORDER BY 2, 3`
