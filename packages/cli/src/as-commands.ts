// What is wrong is told in the words of the API wherever it comes from; here in those of the command line.

const words: readonly (readonly [api: RegExp, command: string])[] = [
  [/Set the stage to ([a-z-]+) before/g, 'Run `twinwrite stage $1` before'],
  [/`?setStage\(["']([a-z-]+)["']\)`?/g, '`twinwrite stage $1`'],
  [/`?(?:setStage|switchStage)\(\)`?/g, '`twinwrite stage STAGE`'],
  [/`?\b(un)?install\(\{ dryRun: true \}\)`?/g, '`twinwrite $1install --dry-run`'],
  [/`?\b(status|recover|install|uninstall|verify|repair|backfill)\(\)`?/g, '`twinwrite $1`'],
  [/`?\bload\(\)`?/g, '`twinwrite backfill --way live`'],
  [/pass \{ retired: true \}/g, 'pass --retired'],
  [/pass `force` with a reason/g, 'pass --force with --reason TEXT'],
  [/`reason` \(`--reason "\.\.\."`\)/g, '--reason TEXT'],
  [/\bin `updatedAt`/g, 'in `verify.updatedAt` of the configuration'],
  [/\bwith `tables`/g, 'with --tables'],
]

export function asCommands(text: string): string {
  return words.reduce((told, [api, command]) => told.replaceAll(api, command), text)
}
