import { BatchGetImageCommand, GetDownloadUrlForLayerCommand } from '@aws-sdk/client-ecr';
import type { VerificationAttributes, VerificationProperties } from '../image-contract';
import { isTemporary, retry } from '../shared/retry';
import type { Dependencies } from './dependencies';
import { MEDIA_TYPES, type SingleImage, readManifest } from './manifest';
import { type ScannedImage, isScanned } from './scan';

/** The architectures in the configuration of an image, by the values of the enum `Architecture`. */
const ARCHITECTURES: Record<string, string> = { x86_64: 'amd64', arm64: 'arm64' };

/** Long enough for a new permission to be propagated. */
const READ_DEADLINE_MS = 2 * 60_000;

/** Together with the deadlines of the other requests, less than the timeout of the function. */
const SCAN_DEADLINE_MS = 8 * 60_000;
const SCAN_POLL_MS = 10_000;

/** The time within which the scan of a new image starts. */
const SCAN_START_MS = 60_000;

/**
 * Verifies that SageMaker supports an image, before a resource uses it.
 *
 * @throws an error with the fix, if it does not
 */
export async function verify(
  properties: VerificationProperties,
  dependencies: Dependencies,
): Promise<VerificationAttributes> {
  const { RepositoryName, RepositoryUri, ImageTag, ImageDigest, Severity } = properties;
  const name = `Image ${RepositoryName}${ImageDigest === undefined ? `:${ImageTag}` : `@${ImageDigest}`}`;
  const { digest, text, mediaType } = await manifestOf(name, properties, dependencies);
  const image = readManifest(name, text, mediaType);
  checkSize(name, properties, image);
  await checkPlatform(name, properties, image, dependencies);
  if (Severity !== undefined) await waitForScan({ name, digest, properties }, dependencies);
  return { ImageDigest: digest, ImageUri: `${RepositoryUri}@${digest}` };
}

async function manifestOf(
  name: string,
  {
    RepositoryName: repositoryName,
    RegistryId: registryId,
    ImageTag: imageTag,
    ImageDigest: imageDigest,
  }: VerificationProperties,
  dependencies: Dependencies,
): Promise<{ digest: string; text: string; mediaType?: string }> {
  const command = new BatchGetImageCommand({
    repositoryName,
    registryId,
    imageIds: [{ imageTag, imageDigest }],
    acceptedMediaTypes: MEDIA_TYPES,
  });
  const { images = [], failures = [] } = await retryRead(dependencies, () => dependencies.ecr.send(command));
  const [{ imageId, imageManifest, imageManifestMediaType } = {}] = images;
  if (imageManifest === undefined || imageId?.imageDigest === undefined) {
    const [{ failureCode = 'ImageNotFound', failureReason } = {}] = failures;
    throw new Error(
      `${name} does not exist (${failureReason ?? failureCode}). Push the image before the stack is deployed.`,
    );
  }
  return { digest: imageId.imageDigest, text: imageManifest, mediaType: imageManifestMediaType };
}

function checkSize(name: string, { MaxBytes }: VerificationProperties, { bytes }: SingleImage): void {
  if (MaxBytes === undefined || bytes <= Number(MaxBytes)) return;
  const gigabytes = (value: number): string => (value / 1024 ** 3).toFixed(1);
  throw new Error(
    `${name} must be at most ${gigabytes(Number(MaxBytes))} GiB compressed for serverless endpoints, got: ${gigabytes(bytes)} GiB. ` +
      'Use a separate inference image without the training dependencies (`AlgorithmImages.split`), or host the model on instances.',
  );
}

/** Checks the platform in the configuration of the image, which the registry stores like a layer. */
async function checkPlatform(
  name: string,
  properties: VerificationProperties,
  { configDigest: layerDigest }: SingleImage,
  dependencies: Dependencies,
): Promise<void> {
  const { RepositoryName: repositoryName, RegistryId: registryId, Architecture } = properties;
  const command = new GetDownloadUrlForLayerCommand({ repositoryName, registryId, layerDigest });
  const { os, architecture } = await retryRead(dependencies, async () => {
    const { downloadUrl = '' } = await dependencies.ecr.send(command);
    return JSON.parse(await dependencies.get(downloadUrl)) as { os?: string; architecture?: string };
  });
  const supported = Architecture === undefined ? Object.values(ARCHITECTURES) : [ARCHITECTURES[Architecture]];
  if (os === 'linux' && supported.includes(architecture ?? '')) return;
  const platforms = supported.map((one) => `linux/${one}`).join(' or ');
  throw new Error(
    `${name} must be built for ${platforms}, got: ${os}/${architecture}. The container would fail with "exec format error". Build ` +
      `the image with \`platform: Platform.${supported[0] === 'arm64' ? 'LINUX_ARM64' : 'LINUX_AMD64'}\`.`,
  );
}

async function waitForScan(image: ScannedImage, dependencies: Dependencies): Promise<void> {
  const started = dependencies.now();
  const deadline = started + SCAN_DEADLINE_MS;
  const poll = (): Promise<boolean> => isScanned(dependencies.ecr, image, dependencies.now() < started + SCAN_START_MS);
  while (!(await retryRead(dependencies, poll))) {
    if (dependencies.now() + SCAN_POLL_MS > deadline) {
      throw new Error(
        `The scan of ${image.name} did not complete within ${SCAN_DEADLINE_MS / 60_000} minutes. Deploy again when the scan has completed.`,
      );
    }
    await dependencies.sleep(SCAN_POLL_MS);
  }
}

function retryRead<T>(dependencies: Dependencies, work: () => Promise<T>): Promise<T> {
  return retry(dependencies, dependencies.now() + READ_DEADLINE_MS, isTemporary, work);
}
