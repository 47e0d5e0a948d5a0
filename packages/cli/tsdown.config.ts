import { defineConfig } from 'tsdown'

export default defineConfig({
  // A rehearsal's processes read `rehearsed`.
  entry: ['src/index.ts', 'src/main.ts', 'src/rehearsed.ts'],
  format: ['esm'],
  dts: true,
  platform: 'node',
  target: 'node20.19',
})
