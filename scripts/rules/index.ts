/**
 * The rules that the library checks at synthesis. `npm run generate:rules` writes them to `docs/rules.md`, and `test/rules.test.ts`
 * requires a rule for each message in `lib/`. An entry of `messages` is a part of `file: message`, with `…` for inserted values.
 */
import { ALL_STAGES } from './all-stages';
import { IMAGES } from './images';
import { ALGORITHMS } from './algorithms';
import { TRAINING } from './training';
import { MODEL_PACKAGES } from './model-packages';
import { MODELS } from './models';
import { ENDPOINT_CONFIGS } from './endpoint-configs';
import { ENDPOINTS } from './endpoints';
import { RELEASED_MODEL_PACKAGES } from './released-model-packages';
import { CONTINUOUS } from './continuous';
import { MONITORING } from './monitoring';
import { SMOKE_TESTS } from './smoke-tests';
import { INFERENCE_COMPONENTS } from './inference-components';
import { PROCESSING } from './processing';
import { BATCH } from './batch';
import { NETWORKS_AND_PERMISSIONS } from './networks-and-permissions';
import { MARKETPLACE } from './marketplace';
import type { RuleSection } from '../../lib/private/rules';
import type { Rule } from './rule';

export { EXEMPT } from './exempt';
export type { Rule } from './rule';

export interface Section {
  readonly title: string;
  readonly rules: readonly Rule[];
}

/** The sections by their anchors, to which the errors and warnings link. The first one applies to all stages. */
export const SECTIONS: Record<RuleSection, Section> = {
  'all-stages': { title: 'All stages', rules: ALL_STAGES },
  images: { title: 'Images', rules: IMAGES },
  algorithms: { title: 'Algorithms', rules: ALGORITHMS },
  'training-and-tuning': { title: 'Training and tuning', rules: TRAINING },
  'model-packages': { title: 'Model packages', rules: MODEL_PACKAGES },
  models: { title: 'Models', rules: MODELS },
  'endpoint-configurations': { title: 'Endpoint configurations', rules: ENDPOINT_CONFIGS },
  'endpoints-and-scaling': { title: 'Endpoints and scaling', rules: ENDPOINTS },
  'released-model-packages': { title: 'Released model packages', rules: RELEASED_MODEL_PACKAGES },
  'continuous-lifecycle': { title: 'Continuous lifecycle', rules: CONTINUOUS },
  'smoke-tests': { title: 'Smoke tests', rules: SMOKE_TESTS },
  monitoring: { title: 'Monitoring', rules: MONITORING },
  'inference-components': { title: 'Inference components', rules: INFERENCE_COMPONENTS },
  processing: { title: 'Processing', rules: PROCESSING },
  'batch-transform': { title: 'Batch transform', rules: BATCH },
  'networks-keys-and-permissions': { title: 'Networks, keys and permissions', rules: NETWORKS_AND_PERMISSIONS },
  marketplace: { title: 'Marketplace', rules: MARKETPLACE },
};
