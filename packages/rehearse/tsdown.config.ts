import { defineConfig } from 'tsdown'

export default defineConfig({
  // `process` is what each process of the fleet runs.
  entry: ['src/index.ts', 'src/process.ts'],
  format: ['esm'],
  dts: true,
  platform: 'node',
  target: 'node20.19',
})
