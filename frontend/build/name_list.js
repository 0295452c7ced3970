// Writes manifest.json, which tells the templates under which hashed name each entry was built,
// and a gzip copy beside every large text or codec file, so that a phone downloads a third of the bytes.
import { gzipSync } from 'node:zlib';

const WORTH_PACKING = /\.(js|css|wasm)$/;
const SMALLEST_PACKED_BYTES = 1024;

export function plainName(entryName, builtName) {
  return entryName + builtName.slice(builtName.lastIndexOf('.'));
}

export function nameList() {
  return {
    name: 'name-list',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const names = {};
      for (const built of Object.values(bundle)) {
        if (built.type === 'chunk' && built.isEntry) names[plainName(built.name, built.fileName)] = built.fileName;
        const style = built.type === 'asset' && built.names?.find((name) => name.endsWith('.css'));
        if (style) names[style] = built.fileName;
      }
      this.emitFile({ type: 'asset', fileName: 'manifest.json', source: JSON.stringify(names, null, 2) });
    },
    writeBundle: {
      order: 'post',
      async handler(options, bundle) {
        const { writeFile } = await import('node:fs/promises');
        const { join } = await import('node:path');
        for (const [fileName, built] of Object.entries(bundle)) {
          const bytes = Buffer.from(built.type === 'chunk' ? built.code : built.source);
          if (!WORTH_PACKING.test(fileName) || bytes.length < SMALLEST_PACKED_BYTES) continue;
          await writeFile(`${join(options.dir, fileName)}.gz`, gzipSync(bytes, { level: 9 }));
        }
      },
    },
  };
}
