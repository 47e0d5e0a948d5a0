// Counts in the period (ms) of its first argument and echoes every message.
import { parent } from './parent.ts'

const period = Number(process.argv[2])
if (!(period > 0)) throw new Error(`${process.argv[2]} is not a period`)
parent.onMessage((message) => parent.send({ echo: message }))
let tick = 0
setInterval(() => parent.send({ tick: ++tick }), period)
