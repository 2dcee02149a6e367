import * as path from 'node:path';
import { readArtifacts } from '../../../../local/check/app/manifest';
import { directoryWith } from '../check-engine';

const HASH = 'a'.repeat(64);

/** A cloud assembly with one stack and its assets, in the given schema version. */
function assembly(version: string, artifacts: object = {}): string {
  const manifest = {
    version,
    artifacts: {
      Stack: {
        type: 'aws:cloudformation:stack',
        displayName: 'Stage/Stack',
        properties: { templateFile: 'Stack.template.json' },
        metadata: { '/Stack/Model/Resource': [{ type: 'aws:cdk:logicalId', data: 'Model' }] },
        additionalMetadataFile: 'Stack.metadata.json',
      },
      'Stack.assets': { type: 'cdk:asset-manifest', properties: { file: 'Stack.assets.json' } },
      ...artifacts,
    },
  };
  const assets = {
    version,
    dockerImages: {
      [HASH]: { source: { directory: `asset.${HASH}`, dockerBuildTarget: 'inference' }, destinations: {} },
    },
    files: {
      template: { source: { path: 'Stack.template.json' }, destinations: { here: { objectKey: 'key.json' } } },
      generated: { source: { executable: ['make'] }, destinations: { here: { objectKey: 'other' } } },
    },
  };
  return directoryWith({
    'manifest.json': JSON.stringify(manifest),
    'Stack.assets.json': JSON.stringify(assets),
    'Stack.metadata.json': JSON.stringify({
      '/Stack/Role': [
        { type: 'aws:cdk:logicalId', data: 'Role' },
        { type: 'aws:cdk:error', data: 'The role is missing.' },
        { type: 'aws:cdk:warning', data: 'A warning.' },
      ],
    }),
    'inner/manifest.json': JSON.stringify({
      version,
      artifacts: {
        Inner: {
          type: 'aws:cloudformation:stack',
          properties: { templateFile: 'Inner.template.json', stackName: 'named' },
        },
      },
    }),
  });
}

describe('A cloud assembly', () => {
  test('has the stacks with the paths of their resources, and the assets with absolute paths', () => {
    const directory = assembly('48.0.0');
    const { stacks, images, files } = readArtifacts(directory);
    expect(stacks).toEqual([
      {
        id: 'Stack',
        stackName: 'Stack',
        path: 'Stage/Stack',
        templateFile: path.join(directory, 'Stack.template.json'),
        paths: new Map([
          ['Model', '/Stack/Model/Resource'],
          ['Role', '/Stack/Role'],
        ]),
        errors: [{ path: 'Stack/Role', message: 'The role is missing.' }],
      },
    ]);
    expect(images.get(HASH)).toEqual({
      directory: path.join(directory, `asset.${HASH}`),
      dockerBuildTarget: 'inference',
    });
    expect([...files]).toEqual([['key.json', path.join(directory, 'Stack.template.json')]]);
  });

  test('has the stacks of nested assemblies', () => {
    const stage = { type: 'cdk:cloud-assembly', properties: { directoryName: 'inner' } };
    const { stacks } = readArtifacts(assembly('48.0.0', { Stage: stage }));
    expect(stacks.map(({ stackName }) => stackName)).toEqual(['Stack', 'named']);
  });

  test('of a newer CDK than the schema is read without its unknown artifacts', () => {
    const future = { type: 'cdk:future-artifact', properties: {} };
    const { stacks, images } = readArtifacts(assembly('999.0.0', { Future: future }));
    expect(stacks.map(({ id }) => id)).toEqual(['Stack']);
    expect(images.size).toBe(1);
  });

  test('without a manifest is rejected with an error that names the directory to pass', () => {
    const directory = directoryWith();
    expect(() => readArtifacts(directory)).toThrow(
      `"${path.join(directory, 'manifest.json')}" does not exist: pass the output directory of \`cdk synth\`, such as cdk.out.`,
    );
  });
});
