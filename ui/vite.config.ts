import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { ProxyOptions } from 'vite';
import { defineConfig } from 'vitest/config';

/** Where `npm run dev` finds a running `stb serve`. */
const server = process.env['STB_URL'] ?? 'http://127.0.0.1:8000';
const proxy: ProxyOptions = {
  target: server,
  changeOrigin: true,
  // The server answers its own pages only; during development this proxy stands between.
  configure: (made) => void made.on('proxyReq', (request) => request.removeHeader('origin')),
};

export default defineConfig({
  plugins: [svelte()],
  base: './',
  clearScreen: false,
  server: { strictPort: true, proxy: { '/api': proxy, '/docs': proxy, '/openapi.json': proxy } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: ['es2022', 'safari16'],
    chunkSizeWarningLimit: 700,
  },
  resolve: process.env['VITEST'] === undefined ? {} : { conditions: ['browser'] },
  test: { environment: 'happy-dom', include: ['src/**/*.test.ts'] },
});
