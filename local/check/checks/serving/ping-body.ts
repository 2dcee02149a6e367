import { NoResponse } from '../../../http';
import { Inconclusive } from '../../core/inconclusive';
import type { Check } from '../check';
import { shown } from './response';

export const pingBody: Check = {
  id: 'ping-body',
  group: 'serving',
  severity: 'note',
  fact: 'B13, B46',
  title: 'The response to /ping has an empty body, as batch transform requires',
  run: async ({ serving }) => {
    const response = await serving.exclusively((url) => serving.patientResponse(() => serving.ping(url)));
    if (response instanceof NoResponse) throw new Inconclusive(`GET /ping failed: ${response.message}`);
    const { body } = response;
    if (body.length === 0) return [];
    return [
      {
        message: `The response to GET /ping has a body of ${body.length} bytes, but must be empty.`,
        fix: 'Respond with status 200 and without a body.',
        evidence: [shown(body)],
      },
    ];
  },
};
