/** The reference to a layer or a configuration in a manifest. */
interface Descriptor {
  readonly digest: string;
  readonly size: number;
}

interface Manifest {
  readonly mediaType?: string;
  readonly config?: Descriptor;
  readonly layers?: Descriptor[];
  readonly manifests?: { readonly platform?: { readonly os?: string; readonly architecture?: string } }[];
}

/** A single-platform image, the only kind that SageMaker supports. */
export interface SingleImage {
  readonly configDigest: string;

  /** The compressed size of the image. */
  readonly bytes: number;
}

const DOCKER = 'application/vnd.docker.distribution.manifest.v2+json';
const OCI = 'application/vnd.oci.image.manifest.v1+json';

/** All manifest types, so that the registry returns the manifest as it was pushed instead of converting it. */
export const MEDIA_TYPES = [
  DOCKER,
  OCI,
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.index.v1+json',
];

/**
 * Reads a manifest.
 *
 * @throws an error with the fix, if SageMaker does not support the manifest
 */
export function readManifest(name: string, text: string, mediaType?: string): SingleImage {
  const manifest = JSON.parse(text) as Manifest;
  if (manifest.manifests !== undefined) {
    const platforms = manifest.manifests.map(({ platform }) => `${platform?.os}/${platform?.architecture}`).sort();
    throw new Error(
      `${name} is an image index (${platforms.join(', ')}), which SageMaker does not support. Build the image for one platform and ` +
        'without attestations: set `manifestFormat: ManifestFormat.DOCKER`, or run `docker build --platform linux/amd64 ' +
        '--provenance=false --sbom=false --output type=docker`.',
    );
  }
  const type = mediaType ?? manifest.mediaType;
  if (type === OCI) {
    throw new Error(
      `${name} has an OCI manifest, which SageMaker rejects ("Unsupported manifest media type"). Build the image with ` +
        '`manifestFormat: ManifestFormat.DOCKER` (`docker build --output type=docker`), or convert it with ' +
        '`skopeo copy --format v2s2`.',
    );
  }
  const { config, layers } = manifest;
  if (type !== DOCKER || config === undefined || layers === undefined) {
    throw new Error(
      `${name} must have a manifest of type ${DOCKER}, got: ${type ?? 'none'}. Push the image again with a current version of Docker.`,
    );
  }
  return { configDigest: config.digest, bytes: layers.reduce((sum, { size }) => sum + size, config.size) };
}
