import { DescribeImageScanFindingsCommand, type ECRClient } from '@aws-sdk/client-ecr';
import type { VerificationProperties } from '../image-contract';

const SEVERITIES = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL'];

/** What is asked about an image. */
export interface ScannedImage {
  readonly name: string;
  readonly digest: string;
  readonly properties: VerificationProperties;
}

/**
 * Whether the scan of an image is over.
 *
 * @throws an error when it has found too much, or when there will be none
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
    // A push that was just now has its scan in a moment.
    if (isNew) return { imageScanStatus: { status: 'PENDING', description: undefined }, imageScanFindings: undefined };
    throw new Error(
      `${name} was not scanned, and its findings are to stop the deployment. Let the repository scan on push ` +
        '(`imageScanOnPush: true`, or the scanning of the registry), or do without `failOnFindings`.',
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
      `${name} has findings of ${Severity} or above: ${list}. Update what it is built of, or raise \`failOnFindings\`.`,
    );
  }
  return true;
}
