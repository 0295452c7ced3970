// Builds the style sheets and the image viewer into static/built/, every name with the hash of its content.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { freshDecodersPlugin } from './build/fresh_decoders_plugin.js';
import { manifestPlugin } from './build/manifest.js';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

// Workers are bundled apart from the pages; the same patterns keep each codec from being written twice.
const output = {
  entryFileNames: '[name]-[hash].js',
  chunkFileNames: 'parts/[name]-[hash].js',
  assetFileNames: '[name]-[hash][extname]',
};

export default defineConfig({
  root: here('.'),
  base: '/static/built/',
  publicDir: false,
  logLevel: 'warn',
  resolve: {
    alias: [
      // A stack viewer reads no VTK XML files, and the codecs' node branches never run in a browser.
      { find: /^xmlbuilder2$/, replacement: here('build/xmlbuilder2_stub.js') },
      { find: /^(fs|path)$/, replacement: here('build/empty_module.js') },
      // The library draws by WebGL alone.
      { find: /^.*\/WebGPU\/Profiles\/\w+\.js$/, replacement: here('build/empty_module.js') },
    ],
  },
  css: { preprocessorOptions: { scss: { loadPaths: [here('node_modules')], quietDeps: true } } },
  worker: { format: 'es', plugins: () => [freshDecodersPlugin()], rollupOptions: { output } },
  plugins: [manifestPlugin()],
  build: {
    outDir: here('../static/built'),
    // A service may be running from this folder; manifest.js clears away what is long stale.
    emptyOutDir: false,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 5000,
    rollupOptions: {
      input: {
        style: here('styles/style.scss'),
        'viewer-style': here('styles/viewer.scss'),
        'viewer-without-scripts': here('styles/viewer-without-scripts.scss'),
        viewer: here('viewer/main.js'),
      },
      output,
    },
  },
});
