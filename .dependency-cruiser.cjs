// Which way imports point (docs: CONTRIBUTING.md). Adapters and sql know core, core knows nothing of ours,
// nobody knows cli or console, and the test kit is for tests.
const test = '/src/testing/|[.](test|server[.]test|worker)[.]ts$'

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'core-imports-nothing-of-ours',
      comment: 'core holds the rules and no driver, no ORM, no IO: ports come in',
      severity: 'error',
      from: { path: '^packages/core/src/', pathNot: test },
      to: { path: '^(packages/(?!core/)|test/|scripts/|examples/)' },
    },
    {
      name: 'core-does-no-io',
      comment:
        'time, randomness, files and sockets are ports; diagnostics_channel, AsyncLocalStorage and crypto are none',
      severity: 'error',
      from: { path: '^packages/core/src/', pathNot: test },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(diagnostics_channel|async_hooks|crypto|util)$' },
    },
    {
      name: 'sql-and-adapters-import-core-only',
      severity: 'error',
      from: { path: '^packages/(sql|knex|typeorm|prisma)/src/', pathNot: test },
      to: { path: '^(packages/(?!core/|$1/)|test/|scripts/|examples/)' },
    },
    {
      name: 'capabilities-import-core-only',
      severity: 'error',
      from: { path: '^packages/(backfill|verify|metrics)/src/', pathNot: test },
      to: { path: '^(packages/(?!core/|$1/)|test/|scripts/|examples/)' },
    },
    {
      name: 'control-imports-core-and-what-its-gates-ask',
      severity: 'error',
      from: { path: '^packages/control/src/', pathNot: test },
      to: { path: '^(packages/(?!core/|backfill/|verify/|control/)|test/|scripts/|examples/)' },
    },
    {
      name: 'rehearse-imports-what-a-migration-needs',
      severity: 'error',
      from: { path: '^packages/rehearse/src/', pathNot: test },
      to: {
        path: '^(packages/(?!core/|sql/|knex/|backfill/|verify/|control/|rehearse/)|test/|scripts/|examples/)',
      },
    },
    {
      name: 'nobody-imports-cli-or-console',
      severity: 'error',
      from: { pathNot: '^(packages/(cli|console)/|test/|scripts/)' },
      to: { path: '^packages/(cli|console)/' },
    },
    {
      name: 'console-does-not-import-cli',
      severity: 'error',
      from: { path: '^packages/console/' },
      to: { path: '^packages/cli/' },
    },
    {
      name: 'testkit-from-tests-only',
      severity: 'error',
      from: { pathNot: `^(packages/testkit/|test/|scripts/)|${test}` },
      to: { path: '^packages/testkit/' },
    },
    {
      name: 'packages-meet-at-their-entry',
      comment: 'another package is imported by its name, not by a path into its files',
      severity: 'error',
      from: { path: '^packages/([^/]+)/' },
      to: { path: '^packages/(?!$1/)[^/]+/src/', dependencyTypes: ['local'] },
    },
    {
      name: 'no-undeclared-dependencies',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: test },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'], dependencyTypesNot: ['npm-peer'] },
    },
    {
      name: 'no-unresolvable',
      comment: 'the client that Prisma 7 generates for MongoDB names a compiler that does not exist',
      severity: 'error',
      from: { pathNot: '/generated/mongodb-target/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|node_modules/.cache)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      conditionNames: ['@twinwrite/source', 'import', 'require', 'node', 'default', 'types'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.mjs', '.js', '.cjs', '.d.ts'],
    },
  },
}
