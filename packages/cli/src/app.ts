// The command `twinwrite` as a tree of its parts.

import {
  ArgumentScannerError,
  buildApplication,
  buildRouteMap,
  formatMessageForArgumentScannerError,
  text_en,
} from '@stricli/core'
import { packageVersion } from '@twinwrite/core'
import { audit } from './commands/audit.ts'
import { backfill } from './commands/backfill.ts'
import { blocked } from './commands/blocked.ts'
import { doctor } from './commands/doctor.ts'
import { init } from './commands/init.ts'
import { install } from './commands/install.ts'
import { plan } from './commands/plan.ts'
import { recover } from './commands/recover.ts'
import { rehearse } from './commands/rehearse.ts'
import { relay } from './commands/relay.ts'
import { repair } from './commands/repair.ts'
import { stage } from './commands/stage.ts'
import { status } from './commands/status.ts'
import { uninstall } from './commands/uninstall.ts'
import { verify } from './commands/verify.ts'
import { exitCode } from './exit-code.ts'

export const routes = buildRouteMap({
  docs: { brief: 'Move live tables with twinwrite: prepare, watch and steer a migration' },
  routes: {
    init,
    doctor,
    plan,
    rehearse,
    install,
    stage,
    audit,
    status,
    backfill,
    verify,
    repair,
    relay,
    blocked,
    recover,
    uninstall,
  },
})

export const app = buildApplication(routes, {
  name: 'twinwrite',
  versionInfo: { currentVersion: packageVersion },
  scanner: { caseStyle: 'allow-kebab-for-camel', allowArgumentEscapeSequence: true },
  documentation: { disableAnsiColor: true },
  localization: {
    text: {
      ...text_en,
      noCommandRegisteredForInput: (given) =>
        `${text_en.noCommandRegisteredForInput(given)}; \`twinwrite --help\` lists the commands`,
      exceptionWhileParsingArguments: (error, color) =>
        error instanceof ArgumentScannerError
          ? formatMessageForArgumentScannerError(error, {
              EnumValidationError: ({ externalFlagName, input, values }) =>
                `--${externalFlagName} takes one of ${values.join(', ')}, not ${JSON.stringify(input)}`,
            })
          : text_en.exceptionWhileParsingArguments(error, color),
    },
  },
  determineExitCode: () => exitCode.failed,
})
