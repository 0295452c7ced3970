// Puts viewer/fresh_decoders.js between the library and each of its codecs.
import { fileURLToPath } from 'node:url';

const CODEC = /^@cornerstonejs\/codec-[\w-]+\/(decode)?wasmjs$/;
const PREFIX = '\0fresh:';
const WRAPPER = fileURLToPath(new URL('../viewer/fresh_decoders.js', import.meta.url));

export function freshDecodersPlugin() {
  return {
    name: 'fresh-decoders',
    enforce: 'pre',
    resolveId(source, importer) {
      if (!CODEC.test(source)) return null;
      if (importer?.startsWith(PREFIX)) return this.resolve(source, WRAPPER, { skipSelf: true });
      return PREFIX + source;
    },
    load(id) {
      if (!id.startsWith(PREFIX)) return null;
      return `import factory from ${JSON.stringify(id.slice(PREFIX.length))};
import { withFreshDecoders } from ${JSON.stringify(WRAPPER)};
export default withFreshDecoders(factory);`;
    },
  };
}
