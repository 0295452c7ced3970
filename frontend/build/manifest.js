// Ends a build without disturbing a service that runs from the same folder: every file of the new build stands there
// before manifest.json, which tells the templates the hashed names, is exchanged for the new one in a single step.
// A gzip copy beside every large text or codec file lets a phone download a third of the bytes.
import { readFile, readdir, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const COMPRESSIBLE = /\.(js|css|wasm)$/;
const MIN_COMPRESSED_BYTES = 1024;
// A page that lies open may still ask for a worker or codec of the build before.
const STALE_AFTER_MS = 24 * 60 * 60 * 1000;
const MANIFEST = 'manifest.json';

export function plainName(entryName, builtName) {
  return entryName + builtName.slice(builtName.lastIndexOf('.'));
}

export function manifestOf(bundle) {
  const names = {};
  for (const built of Object.values(bundle)) {
    if (built.type === 'chunk' && built.isEntry) names[plainName(built.name, built.fileName)] = built.fileName;
    const style = built.type === 'asset' && built.names?.find((name) => name.endsWith('.css'));
    if (style) names[style] = built.fileName;
  }
  return names;
}

// Which files are of no build that anybody may still use.
export function staleFiles(files, kept, at) {
  return files
    .filter(({ name }) => !kept.has(name) && !kept.has(name.replace(/\.gz$/, '')) && !name.split('/').pop().startsWith('.'))
    .filter(({ modifiedAt }) => at - modifiedAt > STALE_AFTER_MS)
    .map(({ name }) => name);
}

export function manifestPlugin() {
  return {
    name: 'manifest',
    writeBundle: {
      order: 'post',
      async handler({ dir }, bundle) {
        for (const name of Object.keys(bundle)) await compress(join(dir, name));
        await replaceFile(join(dir, MANIFEST), JSON.stringify(manifestOf(bundle), null, 2));
        const kept = new Set([...Object.keys(bundle), MANIFEST]);
        for (const name of staleFiles(await listFiles(dir), kept, Date.now())) await unlink(join(dir, name));
      },
    },
  };
}

async function compress(path) {
  if (!COMPRESSIBLE.test(path)) return;
  const bytes = await readFile(path);
  if (bytes.length >= MIN_COMPRESSED_BYTES) await replaceFile(`${path}.gz`, gzipSync(bytes, { level: 9 }));
}

async function replaceFile(path, content) {
  await writeFile(`${path}.new`, content);
  await rename(`${path}.new`, path);
}

async function listFiles(dir) {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  return Promise.all(
    files.map(async (path) => {
      const { mtimeMs } = await stat(path);
      return { name: path.slice(dir.length + 1).replaceAll('\\', '/'), modifiedAt: mtimeMs };
    }),
  );
}
