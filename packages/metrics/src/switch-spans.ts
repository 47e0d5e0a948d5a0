// A switch that this process drives as one span, with its steps as events of it. It stands in the trace of whoever asked for the switch.

import { type Span, SpanStatusCode, type Tracer } from '@opentelemetry/api'
import { listen } from './listen.ts'

/** @returns ends it */
export function switchSpans(migrations: ReadonlySet<string>, tracer: Tracer): () => void {
  const open = new Map<string, Span>()
  return listen(migrations, {
    'twinwrite:switch': (event, migration) => {
      const { id, from, to, step, ms } = event
      let span = open.get(id)
      if (span === undefined) {
        const attributes = { migration, 'switch.id': id, 'stage.from': from, 'stage.to': to }
        span = tracer.startSpan('twinwrite.switch', {
          attributes: Object.fromEntries(
            Object.entries(attributes).map(([name, value]) => [`twinwrite.${name}`, value]),
          ),
        })
        open.set(id, span)
      }
      if (!('steps' in event)) {
        span.addEvent(step, { 'twinwrite.switch.frozen_ms': ms })
        return
      }
      span.setAttributes({ 'twinwrite.switch.outcome': step, 'twinwrite.switch.pause_ms': ms })
      if (event.step !== 'done') span.setStatus({ code: SpanStatusCode.ERROR, message: event.message })
      span.end()
      open.delete(id)
    },
  })
}
