// Which program runs an engine here: the installed one, else Debian's packages, else a clear word on what to do.
import { hasApt } from './debian-packages.ts'
import { engineFacts, type ServerEngine } from './engine.ts'
import { installedMariadb, packagedMariadb } from './mariadb-program.ts'
import { installedMysql, packagedMysql } from './mysql-program.ts'
import { installedPostgres, packagedPostgres } from './postgres-program.ts'
import type { ServerProgram } from './server-program.ts'

interface Sources {
  installed: () => ServerProgram | undefined
  packaged: () => Promise<ServerProgram | undefined>
}

const sources: Record<ServerEngine, Sources> = {
  postgres: { installed: installedPostgres, packaged: packagedPostgres },
  mysql: { installed: installedMysql, packaged: packagedMysql },
  mariadb: { installed: installedMariadb, packaged: packagedMariadb },
}

/** The program of an engine; throws with the ways out where this machine offers none. */
export async function findProgram(engine: ServerEngine, apt = hasApt()): Promise<ServerProgram> {
  const { label, urlVariable } = engineFacts[engine]
  const installed = sources[engine].installed()
  if (installed) return installed
  const remedy =
    `Start one with "docker compose up --wait ${engine}" (compose.yaml) or use any server of yours, ` +
    `and name it: ${urlVariable}=${engineFacts[engine].scheme}://user:password@host:port/`
  if (!apt) throw new Error(`${label} is not installed, and this platform has no Debian packages. ${remedy}`)
  try {
    const packaged = await sources[engine].packaged()
    if (packaged) return packaged
  } catch (error) {
    throw new Error(`${label} is not installed, and its Debian packages could not be had. ${remedy}`, {
      cause: error,
    })
  }
  throw new Error(`${label} is not installed, and its Debian package does not run here. ${remedy}`)
}
