import { readdirSync } from 'node:fs';
import type { ProcessingInput } from '../../container';
import { MONITOR, type MonitorContext, monitorEnvironment } from '../../contract';

/** The environment of a monitor with sample captured data, which is in a folder with the name of the endpoint. Its window contains any sample. */
export function sampleEnvironment(
  inputs: ProcessingInput[],
  context: Pick<MonitorContext, 'monitorName' | 'captureIndexNames'>,
): Record<string, string> {
  const captured = inputs.find(({ name }) => name === MONITOR.capture);
  return monitorEnvironment({
    ...context,
    endpointName: (captured === undefined ? [] : readdirSync(captured.directory)).at(0) ?? '',
    startTime: '1970-01-01T00:00:00Z',
    endTime: '2100-01-01T00:00:00Z',
    hasBaseline: inputs.some(({ name }) => name === MONITOR.baseline),
  });
}
