import { indexOf } from '../../../container';
import type { Problem } from '../../core/finding';
import type { Check } from '../check';

const OCI = /^application\/vnd\.oci\./;

export const manifest: Check = {
  id: 'manifest',
  group: 'image',
  severity: 'warning',
  fact: 'C5',
  title: 'The image is pushed with a Docker manifest, which SageMaker supports',
  run: async (context) => {
    const problems: Problem[] = [];
    const { archive } = context.specification;
    const { images, mediaTypes } = archive === undefined ? { images: [], mediaTypes: [] } : await indexOf(archive);
    // An archive of `docker save` has indexes of both formats, and is loaded before it is pushed.
    if (images.length === 0 && mediaTypes.some((mediaType) => OCI.test(mediaType))) {
      problems.push({
        message:
          'The archive has an OCI manifest. If it is pushed unchanged, SageMaker rejects it ("Unsupported manifest media type").',
        fix: 'Push it with `skopeo copy --format v2s2`, or load it into a Docker Engine and push it from there.',
        evidence: mediaTypes,
      });
    }
    // The driver of the containerd image store, which pushes OCI manifests, or indexes with attestations.
    if ((await context.engine.imageStore()) === 'overlayfs') {
      problems.push({
        message:
          'This Docker Engine uses the containerd image store. It may push an OCI manifest or index, which SageMaker ' +
          'rejects ("Unsupported manifest media type").',
        fix:
          'Build with `docker buildx build --provenance=false --sbom=false --output type=docker`, or set ' +
          '`manifestFormat: ManifestFormat.DOCKER` in the CDK.',
      });
    }
    return problems;
  },
};
