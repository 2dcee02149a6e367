import { DescribeImageScanFindingsCommand, type ECRClient } from '@aws-sdk/client-ecr';
import type { VerificationProperties } from '../image-contract';

const SEVERITIES = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL'];

/** An image whose scan findings are checked. */
export interface ScannedImage {
  readonly name: string;
  readonly digest: string;
  readonly properties: VerificationProperties;
}

/**
 * Whether the scan of an image has completed.
 *
 * @throws an error if the scan reports findings that fail the deployment, or if the image is not scanned
 */
export async function isScanned(
  ecr: Pick<ECRClient, 'send'>,
  { name, digest, properties }: ScannedImage,
  isNew: boolean,
): Promise<boolean> {
  const { RepositoryName: repositoryName, RegistryId: registryId, Severity = 'CRITICAL' } = properties;
  const command = new DescribeImageScanFindingsCommand({
    repositoryName,
    registryId,
    imageId: { imageDigest: digest },
    maxResults: 1,
  });
  const { imageScanStatus, imageScanFindings } = await ecr.send(command).catch((error: Error) => {
    if (error.name !== 'ScanNotFoundException') throw error;
    // The scan of an image that was just pushed starts after a moment.
    if (isNew) return { imageScanStatus: { status: 'PENDING', description: undefined }, imageScanFindings: undefined };
    throw new Error(
      `${name} was not scanned, which \`failOnFindings\` requires. Enable scan on push for the repository ` +
        '(`imageScanOnPush: true`) or for the registry, or omit `failOnFindings`.',
    );
  });
  const { status, description } = imageScanStatus ?? {};
  if (status === 'IN_PROGRESS' || status === 'PENDING') return false;
  if (status !== 'COMPLETE' && status !== 'ACTIVE') {
    throw new Error(`${name} could not be scanned: ${status} ${description ?? ''}`.trim());
  }
  const counts = imageScanFindings?.findingSeverityCounts ?? {};
  const blocking = SEVERITIES.slice(0, SEVERITIES.indexOf(Severity) + 1);
  const found = blocking.filter((severity) => (counts[severity as 'HIGH'] ?? 0) > 0);
  if (found.length > 0) {
    const list = found.map((severity) => `${counts[severity as 'HIGH']} ${severity}`).join(', ');
    throw new Error(
      `${name} has findings of severity ${Severity} or higher: ${list}. Update its base image and packages, or raise \`failOnFindings\`.`,
    );
  }
  return true;
}
