import { indexOf } from '../../../container';
import type { Check, Problem } from '../../core/check';

const OCI = /^application\/vnd\.oci\./;

export const manifest: Check = {
  id: 'manifest',
  group: 'image',
  severity: 'warning',
  fact: 'C5',
  title: 'What is pushed is a manifest that SageMaker takes',
  run: async (lab) => {
    const problems: Problem[] = [];
    const { archive } = lab.specification;
    const { images, mediaTypes } = archive === undefined ? { images: [], mediaTypes: [] } : await indexOf(archive);
    // What `docker save` writes has both kinds of index, and is loaded before it is pushed.
    if (images.length === 0 && mediaTypes.some((mediaType) => OCI.test(mediaType))) {
      problems.push({
        message:
          'The archive has an OCI manifest. Pushed as it is, SageMaker refuses it ("Unsupported manifest media type").',
        fix: 'Push it with `skopeo copy --format v2s2`, or load it into an engine and push it from there.',
        evidence: mediaTypes,
      });
    }
    // Where containerd keeps the images, what is pushed is an OCI manifest, or an index with attestations.
    if ((await lab.engine.imageStore()) === 'overlayfs') {
      problems.push({
        message:
          'This engine keeps images in the store of containerd: what it pushes may be an OCI manifest or index, which ' +
          'SageMaker refuses ("Unsupported manifest media type").',
        fix:
          'Build with `docker buildx build --provenance=false --sbom=false --output type=docker`, or, in the CDK, with ' +
          '`manifestFormat: ManifestFormat.DOCKER`.',
      });
    }
    return problems;
  },
};
