/** A layer or a configuration, as a manifest names it. */
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

/** The one image that SageMaker takes. */
export interface SingleImage {
  readonly configDigest: string;

  /** What is pulled, in bytes. */
  readonly bytes: number;
}

const DOCKER = 'application/vnd.docker.distribution.manifest.v2+json';
const OCI = 'application/vnd.oci.image.manifest.v1+json';

/** All that a registry may answer with: what is not accepted is converted, or not found. */
export const MEDIA_TYPES = [
  DOCKER,
  OCI,
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.index.v1+json',
];

/**
 * Reads a manifest.
 *
 * @throws an error that says how to mend an image that SageMaker would refuse
 */
export function readManifest(name: string, text: string, mediaType?: string): SingleImage {
  const manifest = JSON.parse(text) as Manifest;
  if (manifest.manifests !== undefined) {
    const platforms = manifest.manifests.map(({ platform }) => `${platform?.os}/${platform?.architecture}`).sort();
    throw new Error(
      `${name} is an index of several images (${platforms.join(', ')}), and SageMaker takes one. Build for one platform, without ` +
        'attestations: `docker build --platform linux/amd64 --provenance=false --sbom=false --output type=docker`, which ' +
        '`manifestFormat: ManifestFormat.DOCKER` does.',
    );
  }
  const type = mediaType ?? manifest.mediaType;
  if (type === OCI) {
    throw new Error(
      `${name} has an OCI manifest, which SageMaker refuses ("Unsupported manifest media type"). Build it with ` +
        '`manifestFormat: ManifestFormat.DOCKER` (`docker build --output type=docker`), or convert it with ' +
        '`skopeo copy --format v2s2`.',
    );
  }
  const { config, layers } = manifest;
  if (type !== DOCKER || config === undefined || layers === undefined) {
    throw new Error(`${name} has a manifest of type ${type ?? 'none'}, and SageMaker takes ${DOCKER}. Push it anew.`);
  }
  return { configDigest: config.digest, bytes: layers.reduce((sum, { size }) => sum + size, config.size) };
}
