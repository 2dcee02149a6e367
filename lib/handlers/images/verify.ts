import { BatchGetImageCommand, GetDownloadUrlForLayerCommand } from '@aws-sdk/client-ecr';
import type { VerificationAttributes, VerificationProperties } from '../image-contract';
import { isPermission, isTransient, retrying } from '../shared/retrying';
import type { Dependencies } from './dependencies';
import { MEDIA_TYPES, type SingleImage, readManifest } from './manifest';
import { isScanned } from './scan';

/** What the architectures of the constructs are called in images. */
const ARCHITECTURES: Record<string, string> = { x86_64: 'amd64', arm64: 'arm64' };

/** A right that was granted seconds ago is not known everywhere. */
const READ_MS = 2 * 60_000;
/** With two minutes for each of the others, this is within what the function may take. */
const SCAN_MS = 8 * 60_000;
const SCAN_POLL_MS = 10_000;

/** How long a scan may take to begin. */
const NEW_MS = 60_000;

/**
 * Looks whether SageMaker will take an image, before anything uses it.
 *
 * @throws an error that says how to mend what it would not take
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
  if (Severity !== undefined) await untilScanned({ name, digest, properties }, dependencies);
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
  const { images = [], failures = [] } = await patiently(dependencies, () => dependencies.ecr.send(command));
  const [{ imageId, imageManifest, imageManifestMediaType } = {}] = images;
  if (imageManifest === undefined || imageId?.imageDigest === undefined) {
    const [{ failureCode = 'ImageNotFound', failureReason } = {}] = failures;
    throw new Error(`${name} is not there (${failureReason ?? failureCode}): push it before the stack is deployed.`);
  }
  return { digest: imageId.imageDigest, text: imageManifest, mediaType: imageManifestMediaType };
}

function checkSize(name: string, { MaxBytes }: VerificationProperties, { bytes }: SingleImage): void {
  if (MaxBytes === undefined || bytes <= Number(MaxBytes)) return;
  const gigabytes = (value: number): string => (value / 1024 ** 3).toFixed(1);
  throw new Error(
    `${name} has ${gigabytes(bytes)} GiB compressed, and serverless endpoints take ${gigabytes(Number(MaxBytes))} GiB. Leave out ` +
      'what only training needs (`AlgorithmImages.split`), or use instances.',
  );
}

/** The configuration of an image, which is a layer to the registry, names its platform. */
async function checkPlatform(
  name: string,
  properties: VerificationProperties,
  { configDigest: layerDigest }: SingleImage,
  dependencies: Dependencies,
): Promise<void> {
  const { RepositoryName: repositoryName, RegistryId: registryId, Architecture } = properties;
  const command = new GetDownloadUrlForLayerCommand({ repositoryName, registryId, layerDigest });
  const { os, architecture } = await patiently(dependencies, async () => {
    const { downloadUrl = '' } = await dependencies.ecr.send(command);
    return JSON.parse(await dependencies.get(downloadUrl)) as { os?: string; architecture?: string };
  });
  const wanted = Architecture === undefined ? Object.values(ARCHITECTURES) : [ARCHITECTURES[Architecture]];
  if (os === 'linux' && wanted.includes(architecture ?? '')) return;
  const expected = wanted.map((one) => `linux/${one}`).join(' or ');
  throw new Error(
    `${name} is built for ${os}/${architecture}, and its instances run ${expected}: the container would fail with "exec format ` +
      `error". Build it with \`platform: Platform.${wanted[0] === 'arm64' ? 'LINUX_ARM64' : 'LINUX_AMD64'}\`.`,
  );
}

async function untilScanned(image: Parameters<typeof isScanned>[1], dependencies: Dependencies): Promise<void> {
  const started = dependencies.now();
  const deadline = started + SCAN_MS;
  const look = (): Promise<boolean> => isScanned(dependencies.ecr, image, dependencies.now() < started + NEW_MS);
  while (!(await patiently(dependencies, look))) {
    if (dependencies.now() + SCAN_POLL_MS > deadline) {
      throw new Error(
        `${image.name} is still being scanned after ${SCAN_MS / 60_000} minutes. Deploy again when the scan is over.`,
      );
    }
    await dependencies.sleep(SCAN_POLL_MS);
  }
}

function patiently<T>(dependencies: Dependencies, work: () => Promise<T>): Promise<T> {
  const passes = (error: Error): boolean => isTransient(error) || isPermission(error);
  return retrying(dependencies, dependencies.now() + READ_MS, passes, work);
}
