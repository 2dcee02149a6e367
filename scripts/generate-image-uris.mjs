// Generates the table of images that SageMaker provides from the tables of the SageMaker Python SDK:
//
//   npm run generate:images -- path/to/sagemaker/core/image_uri_config VERSION
//
// Writes lib/image/image-uris.json. It contains one table for each set of registry accounts and, for each family and purpose, the
// patterns of the tags with their versions.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const [directory, version] = process.argv.slice(2);
if (!version) throw new Error('Usage: npm run generate:images -- path/to/image_uri_config VERSION');

/** Families for compilation, monitoring and processing, and discontinued families, which custom models do not use. */
const EXCLUDED =
  /^(.*-neo|neo-.*|inferentia-.*|coach-.*|ray-pytorch|ray-tensorflow|.*-training-compiler|hyperpod-.*|instance_gpu_info|vw|chainer|clarify|model-monitor|debugger|detailed-profiler|data-wrangler|sagemaker-geospatial|sagemaker-inspect-ai|spark|sagemaker-base-python)$/;
const PURPOSES = ['training', 'inference', 'inference_graviton'];

const accounts = [];

/** The index of a table of accounts that does not contradict the given ones. They are added to the table. */
function tableOf(registries) {
  const isConsistent = (table) => Object.entries(registries).every(([region, id]) => (table[region] ?? id) === id);
  const hasSharedRegion = (table) => Object.keys(registries).some((region) => region in table);
  const index = accounts.findIndex((table) => isConsistent(table) && hasSharedRegion(table));
  if (index >= 0) Object.assign(accounts[index], registries);
  else accounts.push({ ...registries });
  return index >= 0 ? index : accounts.length - 1;
}

const GRAVITON_TAGS = {
  xgboost: (tag) => `${tag}-arm64`,
  sklearn: (tag) => tag.replace(/-cpu-/, '-arm64-cpu-'),
};

/** An image of a version: its repository, and its tag for each kind of processor. */
function imageOf(family, purpose, name, config, entry, options) {
  const processors = config.processors ?? entry.processors ?? ['any'];
  const python = entry.py_versions ?? (options.python ? [options.python] : []);
  const sdk = entry.sdk_versions?.at(-1);
  const isGraviton = purpose === 'inference_graviton';
  const tags = processors.map((processor) => {
    let container = entry.container_version?.[processor];
    if (sdk && container) container = `${sdk}-${container}`;
    if (/-inference-(graviton|arm64)$/.test(entry.repository)) container = `${container}-sagemaker`;
    const isNamed = processor !== 'any' && entry.processor_in_tag !== false;
    // Only a tag with a prefix contains the full version: without one, a version alias is kept as specified.
    const prefix = (options.prefix ?? entry.tag_prefix)?.replaceAll(name, '{full}') ?? '{version}';
    let tag = [prefix, isNamed && processor, python.length > 0 && '{python}', container].filter(Boolean).join('-');
    if (family === 'sagemaker-tritonserver' && processor === 'gpu') tag = prefix;
    if (isGraviton && GRAVITON_TAGS[family]) tag = GRAVITON_TAGS[family](tag);
    return [processor, tag];
  });
  return {
    repository: entry.repository,
    registries: entry.registries,
    tags: Object.fromEntries(tags),
    python: python.length > 0 ? python : undefined,
    base: options.base,
  };
}

function imagesOf(family, purpose, name, config, entry) {
  if ('repository' in entry) return [imageOf(family, purpose, name, config, entry, {})];
  return Object.entries(entry)
    .filter(([, inner]) => inner && typeof inner === 'object' && 'repository' in inner)
    .map(([key, inner]) => {
      const base = /^(pytorch|tensorflow)(.*)$/.exec(key);
      return base
        ? imageOf(family, purpose, name, config, inner, { base: key, prefix: `${base[2]}-transformers${name}` })
        : imageOf(family, purpose, name, config, inner, { python: key });
    });
}

const families = {};
for (const file of readdirSync(directory).sort()) {
  const family = path.basename(file, '.json');
  if (EXCLUDED.test(family)) continue;
  const all = JSON.parse(readFileSync(path.join(directory, file), 'utf8'));
  for (const purpose of PURPOSES) {
    const config = 'versions' in all ? (all.scope?.includes(purpose) ? all : undefined) : all[purpose];
    if (config === undefined) continue;
    const groups = new Map();
    for (const [name, entry] of Object.entries(config.versions)) {
      for (const { registries, ...image } of imagesOf(family, purpose, name, config, entry)) {
        const accountsTable = tableOf(registries);
        const key = JSON.stringify({ ...image, accounts: accountsTable });
        const group = groups.get(key) ?? { ...image, accounts: accountsTable, versions: [] };
        group.versions.push(name);
        groups.set(key, group);
      }
    }
    families[family] ??= {};
    families[family][purpose] = { aliases: config.version_aliases, images: [...groups.values()] };
  }
}

const lines = (object, indent) =>
  Object.entries(object)
    .map(([name, value]) => `${indent}${JSON.stringify(name)}: ${JSON.stringify(value)}`)
    .join(',\n');
const sorted = accounts.map((table) => Object.fromEntries(Object.entries(table).sort(([a], [b]) => (a < b ? -1 : 1))));
writeFileSync(
  'lib/image/image-uris.json',
  `{
  "source": "sagemaker-core ${version}",
  "accounts": [
${sorted.map((table) => `    ${JSON.stringify(table)}`).join(',\n')}
  ],
  "families": {
${lines(families, '    ')}
  }
}
`,
);
