import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { FileSource } from '../../../lib';
import { bucket, PACKAGE } from '../../features';
import { newVersion } from '../../hosting-fixtures';
import { errorOf, newStack, onlyResource } from '../../stacks';

describe('Model metrics', () => {
  test('are uploaded from local files as assets', () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'metrics-')), 'statistics.json');
    writeFileSync(file, '{}');
    const stack = newStack();
    const statistics = FileSource.fromAsset(file);
    newVersion(stack, { metrics: { modelQuality: { statistics, constraints: statistics } } });
    expect(JSON.stringify(onlyResource(stack, PACKAGE).ModelMetrics)).toMatch(/s3:\/\/.*\.json/);
  });

  test('reject an invalid digest of a file', () => {
    expect(errorOf(() => FileSource.fromObject(bucket(newStack()), 'a', { contentDigest: 'md5' }))).toContain(
      '`contentDigest` must match',
    );
  });
});
