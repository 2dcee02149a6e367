import { Registry, reasonOf } from './registry';

const OCI = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';

let registry: Registry;
beforeEach(() => {
  registry = new Registry();
});

describe('The verification of an image fails', () => {
  test('with the fix when the manifest is an OCI manifest', async () => {
    registry.push('1', { mediaType: OCI });
    const reason = await reasonOf(registry);
    expect(reason).toContain('Image churn:1 has an OCI manifest, which SageMaker rejects');
    expect(reason).toContain('`manifestFormat: ManifestFormat.DOCKER`');
  });

  test.each([INDEX, 'application/vnd.docker.distribution.manifest.list.v2+json'])(
    'when the manifest is an image index (%s)',
    async (type) => {
      const platforms = ['amd64', 'arm64'].map((architecture) => ({ platform: { os: 'linux', architecture } }));
      registry.pushManifest('1', JSON.stringify({ schemaVersion: 2, mediaType: type, manifests: platforms }), type);
      const reason = await reasonOf(registry);
      expect(reason).toContain('is an image index (linux/amd64, linux/arm64), which SageMaker does not support');
      expect(reason).toContain('--provenance=false');
    },
  );

  test('when the manifest has an older schema version', async () => {
    registry.pushManifest('1', '{"schemaVersion":1}', 'application/vnd.docker.distribution.manifest.v1+prettyjws');
    expect(await reasonOf(registry)).toContain(
      'must have a manifest of type application/vnd.docker.distribution.manifest.v2+json, got: application/vnd.docker.distribution.manifest.v1+prettyjws',
    );
  });
});
