import { quote } from '../private/validation';
import data from './image-uris.json';

/** Images of one repository whose tags are alike. */
interface Images {
  readonly repository: string;
  readonly accounts: number;

  /** By the kind of processor; `any` where the tag does not say. */
  readonly tags: { readonly [processor: string]: string };
  readonly python?: string[];
  readonly base?: string;
  readonly versions: string[];
}

interface Purpose {
  readonly aliases?: { readonly [version: string]: string };
  readonly images: Images[];
}

type Family = { readonly [purpose: string]: Purpose };

/** What is asked for. */
export interface ImageQuery {
  readonly family: string;
  readonly purpose: 'training' | 'inference' | 'inference_graviton';
  readonly version?: string;
  readonly processor?: string;
  readonly pythonVersion?: string;
  readonly baseFramework?: string;
  readonly tag?: string;
}

/** An image that SageMaker provides, but for the region. */
export interface FoundImage {
  readonly repository: string;
  readonly tag: string;

  /** The registry accounts by region, and a name for the table. */
  readonly accounts: { readonly [region: string]: string };
  readonly table: string;

  /** The kind of processor that the tag names. */
  readonly processor?: string;

  /** What deserves a thought. */
  readonly warning?: string;
}

const FAMILIES = data.families as unknown as Record<string, Family>;
const ACCOUNTS = data.accounts as { [region: string]: string }[];

/** The families that there are images of. */
export const FAMILY_NAMES = Object.keys(FAMILIES);

/** @throws an error that names what there is */
export function findImage(query: ImageQuery): FoundImage {
  const purpose = purposeOf(query);
  const version = query.version ?? onlyVersion(query, purpose);
  const full = purpose.aliases?.[version] ?? version;
  const known = purpose.images.filter(({ versions }) => versions.includes(full));
  const isKnown = known.length > 0;
  const images = choose(query, isKnown ? known : purpose.images.slice(-1));
  const [processor, pattern] = tagOf(query, images);
  if (!isKnown && query.tag === undefined && pattern.includes('{full}')) {
    throw new Error(`${subject(query)}: ${unknownVersion(query, purpose)}, and its tag cannot be made. Give \`tag\`.`);
  }
  const python = pythonOf(query, images);
  const tag = pattern
    .replaceAll('{version}', version)
    .replaceAll('{full}', full)
    .replaceAll('{python}', python ?? '');
  return {
    repository: images.repository,
    tag: query.tag ?? tag,
    accounts: ACCOUNTS[images.accounts],
    table: `SageMakerImages${images.accounts}`,
    processor: processor === 'any' ? undefined : processor,
    warning: isKnown ? undefined : `${subject(query)}: ${unknownVersion(query, purpose)}.`,
  };
}

function subject({ family, purpose }: ImageQuery): string {
  return `Provided image ${family} for ${purpose.replace('_', ' on ')}`;
}

function unknownVersion({ version }: ImageQuery, { images }: Purpose): string {
  return `version ${version} was not known when this library was published (${images.flatMap(({ versions }) => versions).join(', ')})`;
}

function purposeOf(query: ImageQuery): Purpose {
  const family = Object.hasOwn(FAMILIES, query.family) ? FAMILIES[query.family] : undefined;
  if (family === undefined) {
    throw new Error(`Provided image: there is no family ${quote(query.family)}, only: ${FAMILY_NAMES.join(', ')}.`);
  }
  const purpose = family[query.purpose];
  if (purpose !== undefined) return purpose;
  throw new Error(
    `${subject(query)}: there is none, only for ${Object.keys(family).join(', ').replaceAll('_', ' on ')}.`,
  );
}

function onlyVersion(query: ImageQuery, { images }: Purpose): string {
  const versions = [...new Set(images.flatMap((image) => image.versions))];
  if (versions.length === 1) return versions[0];
  throw new Error(`${subject(query)}: \`version\` must be given, one of ${versions.join(', ')}.`);
}

/** Of images of one version, the one for the framework or the Python that is asked for; the newest, if nothing is. */
function choose(query: ImageQuery, images: Images[]): Images {
  const { baseFramework, pythonVersion } = query;
  const bases = images.flatMap(({ base }) => base ?? []);
  if (baseFramework === undefined && bases.length > 1) {
    throw new Error(`${subject(query)}: \`baseFramework\` must be given, one of ${bases.join(', ')}.`);
  }
  const fits = images.filter(
    ({ base, python = [] }) =>
      (baseFramework === undefined || base === baseFramework) &&
      (pythonVersion === undefined || python.includes(pythonVersion)),
  );
  const chosen = fits.at(-1);
  if (chosen !== undefined) return chosen;
  const pythons = images.flatMap(({ python }) => python ?? []);
  throw new Error(
    `${subject(query)}: no image of this version fits \`baseFramework\` ${baseFramework ?? '(any)'} and \`pythonVersion\` ` +
      `${pythonVersion ?? '(any)'}. There are: ${[...bases, ...pythons].join(', ') || 'images that say neither'}.`,
  );
}

function pythonOf({ pythonVersion }: ImageQuery, { python }: Images): string | undefined {
  return pythonVersion ?? python?.at(-1);
}

/** The kind of processor and the pattern of the tag for it. */
function tagOf(query: ImageQuery, { tags }: Images): [string, string] {
  const kinds = Object.keys(tags);
  if (kinds.length === 1 && (kinds[0] === 'any' || query.processor === undefined)) return [kinds[0], tags[kinds[0]]];
  const kind = kinds.find(
    (one) => one === query.processor || (query.processor === 'neuron' && /^(neuron|inf|trn)/.test(one)),
  );
  if (kind !== undefined) return [kind, tags[kind]];
  const problem = query.processor === undefined ? 'must be given' : `must not be ${query.processor}`;
  throw new Error(
    `${subject(query)}: \`instanceType\` or \`processor\` ${problem}, since there are images for ${kinds.join(' and ')} only.`,
  );
}
