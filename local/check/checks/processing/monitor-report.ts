import { existsSync, readFileSync, readdirSync } from 'node:fs';
import * as path from 'node:path';
import { METRICS_FILE, MONITOR, VIOLATIONS_FILE, readMonitorReport } from '../../../contract';
import { Inconclusive } from '../../core/inconclusive';
import { lastLines } from '../../probe/evidence';
import type { Check } from '../check';

export const monitorReport: Check = {
  id: 'monitor-report',
  group: 'processing',
  severity: 'error',
  fact: 'H11',
  title: 'The container of a monitor writes a valid report',
  skipReason: ({ processing }) =>
    processing.specification.isMonitor === true ? undefined : 'the processing job is not that of a monitor (--monitor)',
  run: async ({ processing }) => {
    const { result, lines } = await processing.completed();
    const directory = result.outputs[MONITOR.report];
    if (readdirSync(directory).length === 0)
      throw new Inconclusive('the check "processing-outputs" reports that the run wrote no report');
    const read = (name: string): string | undefined => {
      const file = path.join(directory, name);
      return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
    };
    const report = readMonitorReport({ violations: read(VIOLATIONS_FILE), metrics: read(METRICS_FILE) });
    if (!('errors' in report)) return [];
    return report.errors.map((error) => ({
      message: `The report of the monitor is not valid: ${error}.`,
      fix: `Write ${VIOLATIONS_FILE} with {"violations": [...]}, and numbers by name in ${METRICS_FILE}: see docs/monitoring.md.`,
      evidence: lastLines(lines),
    }));
  },
};
