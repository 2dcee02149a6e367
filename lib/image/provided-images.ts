import { Processor } from '../common/processor';
import { once } from '../private/once';
import { RuleError } from '../private/rules';
import { quote } from '../private/validation';
import { type UriParts, isProvidedByAws } from './ecr-uri';
import data from './image-uris.json';
import { ImagePurpose } from './provided-image-options';

/** The images of a repository whose tags have the same pattern. */
interface Images {
  readonly repository: string;
  readonly accounts: number;

  /** The tag patterns by the kind of processor; `any` if the tag does not contain the processor. */
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

/** The search criteria of an image. */
export interface ImageQuery {
  readonly family: string;
  readonly purpose: 'training' | 'inference' | 'inference_graviton';
  readonly version?: string;
  readonly processor?: string;
  readonly pythonVersion?: string;
  readonly baseFramework?: string;
  readonly tag?: string;
}

/** An image that AWS provides, in any region. */
export interface FoundImage {
  readonly repository: string;
  readonly tag: string;

  /** The registry accounts by region. */
  readonly accounts: { readonly [region: string]: string };

  /** The construct id of the mapping of the registry accounts. */
  readonly table: string;

  /** The kind of processor that the image requires, if its tag states it. */
  readonly processor?: Processor;

  /** The only purpose of the repository. Undefined if its images both train and serve. */
  readonly purpose?: ImagePurpose;

  /** The warning about a version that the library does not know. */
  readonly warning?: string;
}

// The table is large, so it is only loaded when it is used.
const families = (): Record<string, Family> => data.families as unknown as Record<string, Family>;

/**
 * Finds the image that matches the criteria.
 *
 * @throws an error that lists the available values, if no image matches or several do
 */
export function findImage(query: ImageQuery): FoundImage {
  const purpose = purposeOf(query);
  const version = query.version ?? onlyVersion(query, purpose);
  const full = purpose.aliases?.[version] ?? version;
  const known = purpose.images.filter(({ versions }) => versions.includes(full));
  const isKnown = known.length > 0;
  const images = selectImages(query, isKnown ? known : purpose.images.slice(-1));
  const [kind, pattern] = tagOf(query, images);
  if (!isKnown && query.tag === undefined && pattern.includes('{full}')) {
    throw new RuleError(
      'images',
      `${subject(query)}: ${unknownVersion(query, purpose)}, and its tag cannot be derived. Specify \`tag\`.`,
    );
  }
  const python = pythonOf(query, images);
  const tag = pattern
    .replaceAll('{version}', version)
    .replaceAll('{full}', full)
    .replaceAll('{python}', python ?? '');
  return {
    repository: images.repository,
    tag: query.tag ?? tag,
    accounts: (data.accounts as { [region: string]: string }[])[images.accounts],
    table: `SageMakerImages${images.accounts}`,
    processor: processorOf(kind === 'any' ? (query.tag ?? tag) : kind),
    purpose: purposes().get(images.repository),
    warning: isKnown ? undefined : `${subject(query)}: ${unknownVersion(query, purpose)}.`,
  };
}

/** The characteristics of an image that its URI contains. */
export interface ImageDescription {
  readonly purpose?: ImagePurpose;
  readonly processor?: Processor;
}

/** Describes an image by its URI. Undefined if it is not an image that AWS provides for SageMaker. */
export function describeImage(parts: Partial<UriParts>): ImageDescription | undefined {
  const { repository = '', tag = '' } = parts;
  return isProvidedByAws(parts) ? { purpose: purposes().get(repository), processor: processorOf(tag) } : undefined;
}

/**
 * Whether the inference images of a repository that AWS provides only load a script from `/opt/ml/model/code`, as the inference toolkits of PyTorch,
 * TensorFlow, MXNet and Hugging Face do. Those of scikit-learn and XGBoost download it.
 */
export function loadsScriptFromModel(repository = ''): boolean {
  return /^(huggingface-)?(pytorch|tensorflow|mxnet)-inference/.test(repository);
}

/** The kind of processor that an image requires, by its tag or by a part of it. */
function processorOf(tag: string): Processor | undefined {
  if (/\b(neuronx?|inf\d?|trn\d?)\b/.test(tag)) return Processor.NEURON;
  if (/\b(gpu|cuda|cu\d+)\b/.test(tag)) return Processor.GPU;
  return /\bcpu\b/.test(tag) ? Processor.CPU : undefined;
}

/** The repositories whose images have a single purpose. */
const purposes = once(
  () =>
    new Map(
      [...purposesByRepository()].flatMap(([repository, found]): [string, ImagePurpose][] =>
        found.size === 1 ? [[repository, [...found][0]]] : [],
      ),
    ),
);

/** All repositories, each with the purposes of its images. */
function purposesByRepository(): Map<string, Set<ImagePurpose>> {
  const repositories = new Map<string, Set<ImagePurpose>>();
  for (const [purpose, { images }] of Object.values(families()).flatMap((family) => Object.entries(family))) {
    for (const { repository } of images) {
      const found = repositories.get(repository) ?? new Set();
      repositories.set(repository, found.add(purpose === 'training' ? ImagePurpose.TRAINING : ImagePurpose.INFERENCE));
    }
  }
  return repositories;
}

function subject({ family, purpose }: ImageQuery): string {
  return `Provided image ${family} for ${purpose.replace('_', ' on ')}`;
}

function unknownVersion({ version }: ImageQuery, { images }: Purpose): string {
  const versions = images.flatMap((image) => image.versions).join(', ');
  return `version ${version} was unknown when this version of the library was published (known versions: ${versions})`;
}

function purposeOf(query: ImageQuery): Purpose {
  const family = Object.hasOwn(families(), query.family) ? families()[query.family] : undefined;
  if (family === undefined) {
    throw new RuleError(
      'images',
      `Provided image family must be one of ${Object.keys(families()).join(', ')}, got: ${quote(query.family)}.`,
    );
  }
  const purpose = family[query.purpose];
  if (purpose !== undefined) return purpose;
  throw new RuleError(
    'images',
    `${subject(query)} does not exist, only for ${Object.keys(family).join(', ').replaceAll('_', ' on ')}.`,
  );
}

function onlyVersion(query: ImageQuery, { images }: Purpose): string {
  const versions = [...new Set(images.flatMap((image) => image.versions))];
  if (versions.length === 1) return versions[0];
  throw new RuleError('images', `${subject(query)}: \`version\` is required, one of ${versions.join(', ')}.`);
}

/** Selects the images for a base framework and a Python version; the newest ones if none is specified. */
function selectImages(query: ImageQuery, images: Images[]): Images {
  const { baseFramework, pythonVersion } = query;
  const bases = images.flatMap(({ base }) => base ?? []);
  if (baseFramework === undefined && bases.length > 1) {
    throw new RuleError('images', `${subject(query)}: \`baseFramework\` is required, one of ${bases.join(', ')}.`);
  }
  const matches = images.filter(
    ({ base, python = [] }) =>
      (baseFramework === undefined || isVersionOf(base, baseFramework)) &&
      (pythonVersion === undefined || python.includes(pythonVersion)),
  );
  const newest = matches.at(-1);
  if (newest !== undefined) return newest;
  const pythons = images.flatMap(({ python }) => python ?? []);
  throw new RuleError(
    'images',
    `${subject(query)}: no image of this version matches \`baseFramework\` ${baseFramework ?? '(any)'} and \`pythonVersion\` ` +
      `${pythonVersion ?? '(any)'}. Available values: ${[...bases, ...pythons].join(', ') || 'none, omit both properties'}.`,
  );
}

/** Whether a base framework is the requested one: `pytorch2.1` also stands for `pytorch2.1.0`. */
function isVersionOf(base: string | undefined, requested: string): boolean {
  return base === requested || (/\d\.\d/.test(requested) && base?.startsWith(`${requested}.`) === true);
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
  const rule = query.processor === undefined ? 'is required' : `must not be ${query.processor}`;
  throw new RuleError(
    'images',
    `${subject(query)}: \`instanceType\` or \`processor\` ${rule}, since there are only images for ${kinds.join(' and ')}.`,
  );
}
