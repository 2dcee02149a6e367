import { App, Stack } from 'aws-cdk-lib';
import { writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { BuiltInAlgorithm, ContainerImage, type ImagePurpose, InstanceType, Processor } from '../../lib';
import data from '../../lib/image/image-uris.json';
import { ROOT, run, scratch } from './project';

interface Query {
  readonly family: string;
  readonly region: string;
  readonly version: string;
  readonly purpose: string;
  readonly processor: string;
  readonly python?: string;
  readonly base?: string;
}

interface Images {
  readonly accounts: number;
  readonly tags: object;
  readonly python?: string[];
  readonly base?: string;
  readonly versions: string[];
}

/** At least one region of each partition that all supported versions of the CDK know. */
const REGIONS = [
  'us-east-1',
  'eu-west-3',
  'ap-southeast-2',
  'cn-north-1',
  'us-gov-west-1',
  'us-iso-east-1',
  'us-isob-east-1',
];

/**
 * All families and purposes, the newest and the oldest version of each kind of tag, and all kinds of processors. Regions only
 * differ by the table of accounts: queries for all of them exist for the last images of a family.
 */
function queries(): Query[] {
  const families = data.families as unknown as Record<string, Record<string, { images: Images[] }>>;
  return Object.entries(families).flatMap(([family, purposes]) =>
    Object.entries(purposes).flatMap(([purpose, { images }]) =>
      images.flatMap((image) =>
        [...new Set([image.versions[0], image.versions.at(-1) ?? ''])].flatMap((version) =>
          Object.keys(image.tags).flatMap((kind) =>
            REGIONS.slice(0, image === images.at(-1) ? REGIONS.length : 1)
              .filter((region) => region in data.accounts[image.accounts])
              .map((region) => ({
                family,
                region,
                version,
                purpose: purpose === 'inference_graviton' ? 'inference' : purpose,
                processor: purpose === 'inference_graviton' ? 'graviton' : kind,
                python: image.python?.at(-1),
                base: image.base,
              })),
          ),
        ),
      ),
    ),
  );
}

/** The URI that the library returns in a stack of that region. */
function uriOf({ family, region, version, purpose, processor, python, base }: Query): string {
  const kinds: Record<string, Processor> = { cpu: Processor.CPU, gpu: Processor.GPU };
  const image = ContainerImage.fromBuiltInAlgorithm(BuiltInAlgorithm.of(family), {
    purpose: purpose as ImagePurpose,
    version,
    instanceType: processor === 'graviton' ? InstanceType.ML_C7G_XLARGE : undefined,
    processor: processor === 'graviton' || processor === 'any' ? undefined : (kinds[processor] ?? Processor.NEURON),
    pythonVersion: python,
    baseFramework: base,
  });
  return image.bind(new Stack(new App(), 'Stack', { env: { region } })).imageUri;
}

test('Every image has the URI that the Python SDK returns, over all families, versions, processors and partitions', () => {
  const all = queries();
  const file = path.join(scratch(), 'queries.json');
  writeFileSync(file, JSON.stringify(all));
  const python = path.join(ROOT, '.cache', 'venv-images', 'bin', 'python');
  const expected = JSON.parse(run(ROOT, python, 'test/interop/images.py', file)) as string[];
  const known = all
    .map((query, index) => ({ query, uri: expected[index] }))
    .filter(({ uri }) => !uri.startsWith('error'));
  const wrong = known
    .map(({ query, uri }) => ({ ...query, expected: uri, got: uriOf(query) }))
    .filter((row) => row.expected !== row.got);
  expect(wrong).toEqual([]);
  expect(known.length).toBeGreaterThanOrEqual(300);
  // The SDK rejects some regions that the library supports, and the comparison leaves them out.
  expect(known.length / all.length).toBeGreaterThan(0.8);
  expect([...new Set(known.map(({ query }) => query.region))].sort()).toEqual([...REGIONS].sort());
});
