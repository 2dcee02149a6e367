import type { FindingSeverity } from '@aws-sdk/client-ecr';
import { Registry, deliver, reasonOf } from './registry';

let registry: Registry;
beforeEach(() => {
  registry = new Registry();
});

describe('The verification of an image with `failOnFindings`', () => {
  test.each(['COMPLETE', 'ACTIVE'])('succeeds when the scan is %s without findings of the severity', async (status) => {
    registry.push('1');
    registry.scan = { from: 0, until: 0, status, counts: { LOW: 7 } };
    expect(await deliver(registry, { Severity: 'HIGH' })).toMatchObject({ Status: 'SUCCESS' });
  });

  test('waits for a scan that starts late', async () => {
    registry.push('1');
    registry.scan = { from: 30_000, until: 200_000 };
    expect(await deliver(registry, { Severity: 'HIGH' })).toMatchObject({ Status: 'SUCCESS' });
    expect(registry.now()).toBeGreaterThanOrEqual(200_000);
  });

  test('ignores findings when no severity is specified', async () => {
    registry.push('1');
    registry.scan = { from: 0, until: 0, counts: { CRITICAL: 1 } };
    expect(await deliver(registry)).toMatchObject({ Status: 'SUCCESS' });
  });

  test.each<[string, Partial<Record<FindingSeverity, number>>, string]>([
    ['CRITICAL', { CRITICAL: 1 }, '1 CRITICAL'],
    ['HIGH', { CRITICAL: 2, HIGH: 3, MEDIUM: 4 }, '2 CRITICAL, 3 HIGH'],
    ['LOW', { MEDIUM: 1 }, '1 MEDIUM'],
  ])('fails when there are findings of severity %s or higher', async (Severity, counts, list) => {
    registry.push('1');
    registry.scan = { from: 0, until: 0, counts };
    expect(await reasonOf(registry, { Severity })).toBe(
      `Image churn:1 has findings of severity ${Severity} or higher: ${list}. Update its base image and packages, or raise \`failOnFindings\`.`,
    );
  });

  test('fails when the scan has failed', async () => {
    registry.push('1');
    registry.scan = { from: 0, until: 0, status: 'UNSUPPORTED_IMAGE' };
    expect(await reasonOf(registry, { Severity: 'HIGH' })).toBe(
      'Image churn:1 could not be scanned: UNSUPPORTED_IMAGE Unsupported',
    );
  });

  test('fails after one minute when no scan starts', async () => {
    registry.push('1');
    expect(await reasonOf(registry, { Severity: 'HIGH' })).toContain(
      'Enable scan on push for the repository (`imageScanOnPush: true`)',
    );
    expect(registry.now()).toBe(60_000);
  });

  test('fails within the timeout of the function when the scan does not complete', async () => {
    registry.push('1');
    registry.scan = { from: 0, until: Infinity };
    expect(await reasonOf(registry, { Severity: 'HIGH' })).toBe(
      'The scan of Image churn:1 did not complete within 8 minutes. Deploy again when the scan has completed.',
    );
    expect(registry.now()).toBeLessThan(15 * 60_000);
  });
});
